"""XLSX: a guard on the zip directory, then rows as a process of its own parses them, within memory and time."""

import json
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings

from common.reading.refusals import FileRefused
from common.reading.shapes import Shape
from common.reading.sheets import MAX_CELL, MAX_ROWS, OUT_OF_TIME
from common.reading.table import Row, Table, read_header

MAX_MEMBERS = 200
MAX_DECLARED = 100 * 1024**2
MAX_RATIO = 100
RATIO_COUNTS_FROM = 1024**2
PATIENCE = 10  # seconds for a process that said its last word to end
PROGRAM = Path(__file__).with_name("sheets.py")


def guard(path: Path) -> None:
    """Refuse, before anything is unpacked, what no spreadsheet program writes. Raises ``FileRefused``."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _guard_sizes(members)
            _guard_content(archive, [member.filename for member in members])
    except FileRefused:
        raise
    except Exception as error:  # zipfile raises many kinds on forged directories
        raise FileRefused("damaged") from error


def _guard_sizes(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_DECLARED:
        raise FileRefused("bomb")
    for member in members:
        if member.file_size > max(RATIO_COUNTS_FROM, MAX_RATIO * member.compress_size):
            raise FileRefused("bomb")
        if member.flag_bits & 1:
            raise FileRefused("encrypted")


def _guard_content(archive: zipfile.ZipFile, names: list[str]) -> None:
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise FileRefused("not_what_it_says", name="xlsx")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise FileRefused("macros")
    for name in names:
        if name.endswith((".xml", ".rels")):
            with archive.open(name) as member:
                head = member.read(4096)
            # The prolog of UTF-16 XML hides from a search of bytes, and no program writes it.
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise FileRefused("entities")
            if name == "[Content_Types].xml" and b"macroEnabled" in head:
                raise FileRefused("macros")


@contextmanager
def open_workbook(path: Path) -> Iterator[Table]:
    """The first visible sheet, parsed by a process of its own that is gone afterwards."""
    guard(path)
    with _Parser(path) as parser:
        said = parser.next()
        described = {"kind": "xlsx", "sheet": said["sheet"]}
        if said["from_1904"]:
            described["days_from"] = "1904"
        rows = parser.rows()
        header = _header(rows)
        yield Table(header, _rows(rows, len(header)), said["size"], lambda: parser.done, described)


class _Parser:
    """``sheets.py`` at work. Raises ``FileRefused`` for all that it says or dies of."""

    def __init__(self, path: Path) -> None:
        self._limits = (settings.CMIX_WORKBOOK_MB, settings.CMIX_WORKBOOK_SECONDS)
        self._wait = float(settings.CMIX_WORKBOOK_WAIT)
        self._ended = False
        self.done = 0
        # Without the environment and the folder of this process; its errors are of no use to anybody.
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(PROGRAM), str(path), *map(str, self._limits)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def __enter__(self) -> "_Parser":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        cast(IO[bytes], self._process.stdout).close()
        self._process.wait()

    def next(self) -> Any:
        """The next thing it says."""
        line = self._line()
        try:
            told = json.loads(line)
        except ValueError:  # it was ended from outside, or by the hard limit
            raise self._refused(self._died_of()) from None
        if isinstance(told, dict) and "refused" in told:
            raise self._refused(told["refused"])
        return told

    def _line(self) -> bytes:
        """Waits no longer, over all lines, than ``CMIX_WORKBOOK_WAIT`` seconds on the wall: one that sleeps or is
        stopped spends no processor. What we take to write rows meanwhile is not its fault and does not count."""
        watch = threading.Timer(max(self._wait, 0), self._end)
        watch.daemon = True
        began = time.monotonic()
        watch.start()
        try:
            return cast(IO[bytes], self._process.stdout).readline()
        finally:
            watch.cancel()
            self._wait -= time.monotonic() - began

    def _end(self) -> None:
        self._ended = True
        self._process.kill()

    def _died_of(self) -> str:
        if self._ended:
            return "workbook_wait"
        try:
            code = self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = -signal.SIGKILL
        out_of_time = code in (OUT_OF_TIME, -signal.SIGKILL, -signal.SIGXCPU)
        return "workbook_time" if out_of_time else "workbook_memory"

    def _refused(self, code: str) -> FileRefused:
        megabytes, seconds = self._limits
        most = {
            "workbook_memory": megabytes, "workbook_time": seconds, "too_many_rows": MAX_ROWS,
            "workbook_wait": settings.CMIX_WORKBOOK_WAIT,
        }  # fmt: skip
        return FileRefused(code, most=most[code]) if code in most else FileRefused(code)

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        while isinstance(told := self.next(), list):
            self.done = told[0]
            for number, cells in told[1]:
                yield number, [_cell(cell) if type(cell) is dict else cell for cell in cells]


def _cell(told: dict[str, str]) -> date:
    return date.fromisoformat(told["day"]) if "day" in told else datetime.fromisoformat(told["at"])


def _header(rows: Iterator[tuple[int, list[Any]]]) -> list[str]:
    for _, cells in rows:
        if header := read_header(cells):
            return header
    raise FileRefused("empty")


def _rows(rows: Iterator[tuple[int, list[Any]]], width: int) -> Iterator[Row]:
    for number, cells in rows:
        problem = None
        if len(cells) > width:
            problem = Shape.TOO_MANY_CELLS
        elif any(type(cell) is str and len(cell) > MAX_CELL for cell in cells):
            problem, cells = Shape.FIELD_TOO_LONG, []
        yield number, cells if problem else cells + [""] * (width - len(cells)), problem
