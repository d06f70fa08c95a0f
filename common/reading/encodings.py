"""Which encoding a text is written in. Decoding is strict afterwards: a wrong guess is never silent."""

import codecs
import re

from charset_normalizer import from_bytes

from common.reading.refusals import FileRefused
from common.reading.source import Survey

_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_WESTERN = ["cp1252", "latin_1", "mac_roman"]
_LOWER_BETWEEN = re.compile(r"(?<=[a-zà-ÿ])[À-ÞŒŸ](?=[a-zà-ÿ])")
_LETTERS = re.compile(r"[À-ÖØ-öø-ÿŒœŸ]")
_SIGNS = re.compile(r"[€£°«»’–…\u00a0]")


def encoding_of(survey: Survey, declared: str = "") -> str:
    """Raises ``FileRefused`` for binary data, mixed encodings and unknown names."""
    if declared:
        return _declared(declared, survey)
    for bom, name in _BOMS.items():
        if survey.head.startswith(bom):
            return name
    if found := _without_bom_utf16(survey.head):
        return found
    if len(_CONTROLS.findall(survey.head)) > max(8, len(survey.head) // 20):
        raise FileRefused("not_text")
    return "utf-8" if survey.utf8 else _western(survey.sample)


def _declared(name: str, survey: Survey) -> str:
    try:
        codec = codecs.lookup(name)
    except LookupError as error:
        raise FileRefused("encoding_unknown", encoding=name) from error
    if codec.name == "utf-8" and not survey.utf8:
        raise FileRefused("encoding", encoding=name)
    return "utf-8-sig" if codec.name == "utf-8" else codec.name


def _without_bom_utf16(head: bytes) -> str:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.3 * len(head) / 2 and even < odd / 10:
        return "utf-16-le"
    if even > 0.3 * len(head) / 2 and odd < even / 10:
        return "utf-16-be"
    return ""


def _western(sample: bytes) -> str:
    multibyte = sum(len(match) for match in _MULTIBYTE.findall(sample))
    single = len(_HIGH.findall(sample)) - multibyte
    if multibyte > single:
        raise FileRefused("encoding_mixed")
    lines = b"\n".join(line for line in sample.splitlines() if _HIGH.search(line))[:65536]
    scores = {name: _plausibility(lines, name) for name in _WESTERN}
    best = max(scores.values())
    tied = [name for name in _WESTERN if scores[name] == best]
    if len(tied) > 1 and "cp1252" not in tied:
        match = from_bytes(lines, cp_isolation=tied).best()
        return match.encoding if match else tied[0]
    return tied[0]


def _plausibility(lines: bytes, encoding: str) -> float:
    """Accented letters and usual signs count for, capitals inside words and anything odd against."""
    try:
        text = lines.decode(encoding)
    except UnicodeDecodeError:
        return float("-inf")
    high = sum(ord(character) > 127 for character in text)
    good = len(_LETTERS.findall(text)) + len(_SIGNS.findall(text))
    return good - 2 * len(_LOWER_BETWEEN.findall(text)) - 2 * (high - good)
