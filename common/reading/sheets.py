"""The program that parses one workbook, in a process of its own: whatever the file does to it, only it dies.

``python -I sheets.py FILE MEGABYTES SECONDS`` prints lines of JSON: what is said of the sheet, then rows as
``[bytes done, [[number, [cell, …]], …]]`` without empty ones, at the end ``{"end": true}`` or
``{"refused": code}``, unless it ends for want of memory or time. Days are ``{"day": …}`` or ``{"at": …}``. Limits are those of the operating system: memory
of addresses, seconds of the processor. ``common.reading.workbook`` runs it and reads what it prints.
"""

import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

MAX_ROWS = 1_048_576  # of a sheet
MAX_CELL = 131_072
MAX_WIDTH = 300  # more than any header may have: what lies beyond is only known to be too much
ROWS_AT_ONCE, LETTERS_AT_ONCE = 500, 500_000
NO_MEMORY = 1  # as expat says it
OUT_OF_MEMORY, OUT_OF_TIME = 3, 4  # how the program ends


class Refused(Exception):
    pass


class OutOfTime(BaseException):
    """Not an ``Exception``: nothing that openpyxl catches may hold it up."""


def limit(megabytes: int, seconds: int) -> None:
    """From here on; the hard limit ends what does not end by itself."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024**2, megabytes * 1024**2))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def stop(*_: Any) -> None:
        raise OutOfTime

    signal.signal(signal.SIGXCPU, stop)


def open_sheet(path: str) -> tuple[Any, Any]:
    """The workbook and its first visible sheet, whose declared size is not asked for."""
    # openpyxl would load both if they are there, and needs neither to read.
    sys.modules.update({"numpy": None, "PIL": None})  # type: ignore[dict-item]
    from openpyxl import load_workbook
    from openpyxl.reader import excel
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    class Sheet(ReadOnlyWorksheet):  # type: ignore[misc]
        source: Any = None

        def _get_size(self) -> None:
            """Looking for a size that is not declared would read the whole sheet once more."""

        def _get_source(self) -> Any:
            self.source = super()._get_source()
            return self.source

    excel.ReadOnlyWorksheet = Sheet
    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            return book, sheet
    raise Refused("empty")


def described(book: Any, sheet: Any) -> dict[str, Any]:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    size = book._archive.getinfo(sheet._worksheet_path).file_size
    return {"sheet": sheet.title, "from_1904": book.epoch == CALENDAR_MAC_1904, "size": size}


def filled_rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > MAX_ROWS:
            raise Refused("too_many_rows")
        row = [plain(cell) for cell in cells[:MAX_WIDTH]]
        while row and row[-1] == "":
            row.pop()
        if row:
            yield number, row


def plain(cell: Any) -> Any:
    """Text, a number or a day; what else a sheet may hold becomes text that no field accepts."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell[: MAX_CELL + 1]
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, datetime):
        if cell.time() == time():
            return {"day": cell.date().isoformat()}
        return {"at": cell.replace(tzinfo=None).isoformat()}
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    if isinstance(cell, (int, float)):
        return cell
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    return str(cell) if isinstance(cell, (time, timedelta)) else ""


def say(told: Any) -> None:
    sys.stdout.write(json.dumps(told, separators=(",", ":")) + "\n")


def tell(path: str) -> None:
    book, sheet = open_sheet(path)
    told = described(book, sheet)
    say(told)
    sys.stdout.flush()  # the reader waits for it
    held: list[tuple[int, list[Any]]] = []
    letters = 0
    for number, row in filled_rows(sheet):
        held.append((number, row))
        letters += sum(len(cell) for cell in row if type(cell) is str)
        if len(held) >= ROWS_AT_ONCE or letters > LETTERS_AT_ONCE:
            say([sheet.source.tell(), held])
            held, letters = [], 0
    if held:
        say([told["size"], held])
    say({"end": True})


def main(path: str, megabytes: int, seconds: int) -> None:
    limit(megabytes, seconds)
    try:
        tell(path)
    except Refused as refused:
        say({"refused": str(refused)})
    # By the exit code alone: a line may stand half-written.
    except OutOfTime:
        os._exit(OUT_OF_TIME)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BrokenPipeError:  # nobody reads on
        sys.stdout = None  # type: ignore[assignment]
    except Exception as error:  # openpyxl raises whatever a malformed part makes it stumble over
        if getattr(error, "code", None) == NO_MEMORY:
            os._exit(OUT_OF_MEMORY)
        say({"refused": "damaged"})


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
