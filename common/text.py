"""Text as people search it and as files bring it."""

import re
import unicodedata

_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """NFC, without control and direction-override characters, single spaces, trimmed."""
    return _SPACES.sub(" ", _CONTROLS.sub("", unicodedata.normalize("NFC", text))).strip()


def searchable(*parts: str) -> str:
    """Case and accents folded, so that "Écrémé" is found by "ecreme" on every database."""
    text = " ".join(part for part in parts if part)
    if text.isascii():  # nothing to fold but case; most of a large file
        return clean(text.casefold())
    text = unicodedata.normalize("NFKD", text)
    # Folding case may compose again, and compatibility forms may unfold to capitals: both in turn.
    folded = unicodedata.normalize("NFKD", text.casefold())
    return clean("".join(letter for letter in folded if not unicodedata.combining(letter)))
