"""A workbook is parsed by a process of its own: what it takes is limited, and nothing of it stays behind."""

import os
import random
import signal
import time
import zipfile
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from openpyxl import Workbook

from common.reading.files import open_table
from common.reading.refusals import FileRefused
from common.reading.workbook import guard, open_workbook
from tests.memory import Peak

STRINGS, SHEET = "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"
SHARED = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    b'spreadsheetml.sharedStrings+xml"/></Types>'
)
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def children() -> set[int]:
    """Processes begun by this one, in any state but waited for."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that ends leaves its own to another
            found |= {int(pid) for pid in (task / "children").read_text().split()}
    return found


def plain_book(path: Path, rows: int = 3) -> Path:
    book = Workbook()
    book.active.append(["ref", "name"])
    for number in range(rows):
        book.active.append([f"N{number}", f"Name {number}"])
    book.save(path)
    return path


def bomb(path: Path, member: str, text: str) -> Path:
    """A workbook one of whose parts is swapped for ``text``, with so much noise that the zip looks usual."""
    plain_book(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    noise = random.Random(1).randbytes(len(text) // 120).hex()
    first, rest = text.split(">", 1)
    parts[member] = f"{first}><!--{noise}-->{rest}".encode()
    if member == STRINGS:
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", SHARED)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def empty_strings(path: Path) -> Path:
    return bomb(path, STRINGS, f"<sst {MAIN}>{'<si/>' * 3_000_000}</sst>")


def endless_row(path: Path) -> Path:
    return bomb(
        path, SHEET, f"<worksheet {MAIN}><sheetData><row>{'<c/>' * 3_000_000}</row></sheetData></worksheet>"
    )


@pytest.mark.parametrize("make", [empty_strings, endless_row])
def test_a_bomb_that_looks_like_a_workbook_dies_alone(tmp_path: Path, settings: Any, make: Any) -> None:
    path = make(tmp_path / "bomb.xlsx")
    guard(path)  # nothing to object to
    assert path.stat().st_size < 2_000_000
    settings.CMIX_WORKBOOK_MB = 96
    before, peak = children(), Peak()
    with pytest.raises(FileRefused) as refused, open_workbook(path) as table:
        list(table.rows)
    assert (refused.value.code, refused.value.reason.values) == ("workbook_memory", {"most": 96})
    assert peak.growth() < 20_000
    assert children() == before
    with translation.override("en"):
        assert str(refused.value) == (
            "The workbook needs more memory than allowed (96 MB). Export the sheet as CSV."
        )


def test_what_takes_too_long_is_ended(tmp_path: Path, settings: Any) -> None:
    path = empty_strings(tmp_path / "slow.xlsx")
    settings.CMIX_WORKBOOK_SECONDS = 1
    before = children()
    with pytest.raises(FileRefused) as refused, open_workbook(path):
        pass
    assert (refused.value.code, refused.value.reason.values) == ("workbook_time", {"most": 1})
    assert children() == before


def test_a_reader_that_looks_at_the_head_alone_leaves_no_process(tmp_path: Path) -> None:
    before = children()
    with open_workbook(plain_book(tmp_path / "b.xlsx", 20_000)) as table:
        assert next(table.rows) == (2, ["N0", "Name 0"], None)
        (parser,) = children() - before
    assert children() == before
    assert not Path(f"/proc/{parser}").exists()


def test_a_parser_ended_from_outside_refuses_the_file(tmp_path: Path) -> None:
    before = children()
    with open_workbook(plain_book(tmp_path / "b.xlsx", 20_000)) as table:
        next(table.rows)
        (parser,) = children() - before
        os.kill(parser, signal.SIGKILL)
        with pytest.raises(FileRefused) as refused:
            list(table.rows)
    assert refused.value.code == "workbook_time"
    assert children() == before


def test_a_parser_that_stands_still_is_ended_on_the_wall(tmp_path: Path, settings: Any) -> None:
    settings.CMIX_WORKBOOK_WAIT = 5
    before = children()
    with open_workbook(plain_book(tmp_path / "b.xlsx", 20_000)) as table:
        next(table.rows)
        (parser,) = children() - before
        os.kill(parser, signal.SIGSTOP)
        with pytest.raises(FileRefused) as refused:
            list(table.rows)
    assert (refused.value.code, refused.value.reason.values) == ("workbook_wait", {"most": 5})
    assert children() == before


def test_the_time_that_the_importer_takes_does_not_count(tmp_path: Path, settings: Any) -> None:
    settings.CMIX_WORKBOOK_WAIT = 5
    with open_workbook(plain_book(tmp_path / "b.xlsx", 5_000)) as table:
        next(table.rows)
        time.sleep(6)
        assert sum(1 for _ in table.rows) == 4_999


def test_values_come_as_they_were_written(tmp_path: Path) -> None:
    book = Workbook()
    row = [
        "Été \u0663 \U0001f600",
        12,
        12.5,
        -3.0,
        2**53,
        True,
        date(2024, 2, 29),
        datetime(2024, 2, 29, 23, 5, 7),
        None,
        "x",
    ]
    book.active.append([f"c{number}" for number in range(len(row))])
    book.active.append(row)
    book.active.append([])
    book.active.append(["after a gap"])
    book.save(tmp_path / "b.xlsx")
    with open_table(tmp_path / "b.xlsx") as table:
        first, second = table.rows
        assert table.described == {"kind": "xlsx", "sheet": "Sheet"}
        assert 0 < table.progress() <= table.size
    assert first == (2, [*row[:3], -3, 2**53, "TRUE", date(2024, 2, 29), row[7], "", "x"], None)
    assert [type(cell) for cell in first[1]] == [str, int, float, int, int, str, date, datetime, str, str]
    assert (second[0], second[1][:2]) == (4, ["after a gap", ""])


def test_a_workbook_is_opened_soon(tmp_path: Path) -> None:
    """Without a declared size, too, the head is read without the rest."""
    path = tmp_path / "b.xlsx"
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(20_000):
        sheet.append([f"N{number}", "name", number])
    book.save(path)
    started = os.times()
    with open_workbook(path) as table:
        next(table.rows)
    head = os.times()
    with open_workbook(path) as table:
        assert sum(1 for _ in table.rows) == 19_999
    whole = os.times()

    def spent(a: Any, b: Any) -> float:
        return float(b.children_user + b.children_system - a.children_user - a.children_system)

    assert spent(started, head) < 0.75 * spent(head, whole)
