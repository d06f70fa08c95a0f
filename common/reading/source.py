"""The bytes of a file: what kind it is, unpacked under limits, looked through once."""

import codecs
import gzip
import io
import zlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from common.reading.refusals import FileRefused

MAX_UNPACKED = 2 * 1024**3
MAX_RATIO = 200
RATIO_COUNTS_FROM = 10 * 1024**2  # a small file may well repeat itself
MAX_LINE_BYTES = 4 * 1024**2
CHUNK = 1024**2
HEAD = 64 * 1024


class Kind(StrEnum):
    TEXT = "csv"
    PACKED_TEXT = "csv.gz"
    WORKBOOK = "xlsx"


_MAGIC = {b"\x1f\x8b": Kind.PACKED_TEXT, b"PK\x03\x04": Kind.WORKBOOK}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SUFFIXES = {
    ".csv": Kind.TEXT,
    ".txt": Kind.TEXT,
    ".tsv": Kind.TEXT,
    ".gz": Kind.PACKED_TEXT,
    ".xlsx": Kind.WORKBOOK,
}


def kind_of(path: Path, name: str) -> Kind:
    """What the file is, by name and by its first bytes, which must agree. Raises ``FileRefused``."""
    suffix = Path(name).suffix.lower()
    if suffix == ".xlsm":
        raise FileRefused("macros")
    with path.open("rb") as file:
        head = file.read(8)
        if not head:
            raise FileRefused("empty")
        if head.startswith(_OLE):
            locked = "EncryptedPackage".encode("utf-16-le") in head + file.read(64 * 1024 * 1024)
            raise FileRefused("encrypted" if locked else "old_excel")
    if (expected := _SUFFIXES.get(suffix)) is None:
        raise FileRefused("kind_unknown")
    found = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), Kind.TEXT)
    if found != expected:
        raise FileRefused("not_what_it_says", name=Path(name).name)
    return found


class _Unpacked(io.RawIOBase):
    """Unpacks a gzip file and stops at what no list of sales would be."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._gzip = gzip.GzipFile(fileobj=packed)
        self._total = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            count = self._gzip.readinto(buffer)
        except EOFError as error:
            raise FileRefused("broken_off") from error
        except (OSError, zlib.error) as error:
            raise FileRefused("damaged") from error
        self._total += count
        ratio_is_wild = self._total > max(RATIO_COUNTS_FROM, MAX_RATIO * self._packed.tell())
        if self._total > MAX_UNPACKED or ratio_is_wild:
            raise FileRefused("bomb")
        return count


class Source:
    """An open file of text; ``progress()`` tells how much of it, as it lies on disk, was taken."""

    def __init__(self, path: Path, kind: Kind) -> None:
        self._raw = path.open("rb")
        self.size = path.stat().st_size
        packed = kind == Kind.PACKED_TEXT
        self.stream: BinaryIO = (
            io.BufferedReader(_Unpacked(self._raw), CHUNK) if packed else self._raw  # type: ignore[arg-type]
        )

    def progress(self) -> int:
        return min(self._raw.tell(), self.size) if not self._raw.closed else self.size

    def close(self) -> None:
        self.stream.close()
        self._raw.close()


@dataclass(frozen=True)
class Survey:
    """One look through all bytes, before any row is read: a file cut short is known at once."""

    head: bytes
    utf8: bool
    sample: bytes  # where the text stops being UTF-8, else the head
    ended: bool  # the last line is closed


def survey(path: Path, kind: Kind) -> Survey:
    """Raises ``FileRefused`` for what is empty, packed too tightly, cut short or without lines."""
    source = Source(path, kind)
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    head = sample = tail = b""
    open_line = 0
    utf8 = True
    try:
        while chunk := source.stream.read(CHUNK):
            head = head or chunk[:HEAD]
            tail = (tail + chunk)[-2:]
            open_line = _open_line(chunk, open_line)
            if utf8:
                utf8, sample = _still_utf8(decoder, chunk)
    finally:
        source.close()
    if not head.strip(b"\x00 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise FileRefused("empty")
    return Survey(head, utf8, sample or head, b"\n" in tail or b"\r" in tail)


def _open_line(chunk: bytes, before: int) -> int:
    """Bytes since the last line end: a line is never read into memory before its length is known."""
    last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
    length = before + len(chunk) if last < 0 else len(chunk) - last
    if length > MAX_LINE_BYTES:
        raise FileRefused("line_too_long")
    return length


def _still_utf8(decoder: codecs.IncrementalDecoder, chunk: bytes) -> tuple[bool, bytes]:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False, chunk
    return True, b""
