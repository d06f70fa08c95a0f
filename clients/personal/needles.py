"""The texts by which a person would still be recognised, and their removal. Pure."""

import json
import re
from collections.abc import Iterable
from html import escape
from typing import Any

GONE = "[…]"
LEAST = 5
"""Shorter texts are too common to be looked for in other people's records."""


class Needles:
    """``strong`` texts name one person wherever they stand; ``refs`` only in files and rows of imports."""

    def __init__(self, strong: Iterable[str], refs: Iterable[str] = ()) -> None:
        wanted = {text.strip() for text in strong if len(text.strip()) >= LEAST}
        # The longest first, so that no rest of a longer one is left.
        self.strong = sorted(wanted, key=lambda text: (-len(text), text))
        self.refs = sorted({ref for ref in refs if ref})
        forms = {form for text in self.strong for form in (text, escape(text), json.dumps(text)[1:-1])}
        self.forms = sorted(forms, key=lambda text: (-len(text), text))
        alternatives = "|".join(re.escape(form) for form in self.forms)
        self._pattern = re.compile(alternatives, re.IGNORECASE) if alternatives else None

    def __bool__(self) -> bool:
        return bool(self.strong)

    def redact(self, text: str) -> str:
        return self._pattern.sub(GONE, text) if self._pattern else text

    def redact_value(self, value: Any) -> Any:
        """The same within lists and dictionaries as JSON holds them, names of entries included."""
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, list):
            return [self.redact_value(item) for item in value]
        if isinstance(value, dict):
            return {self.redact(str(name)): self.redact_value(item) for name, item in value.items()}
        return value

    def in_bytes(self, data: bytes, *, with_refs: bool) -> bool:
        """Whether a file names the person, in any encoding that tables come in."""
        lowered = data.lower()
        for form in self.forms:
            for encoding in ("utf-8", "cp1252", "utf-16-le", "utf-16-be"):
                encoded = form.encode(encoding, "ignore")
                if encoded and (encoded in data or encoded.lower() in lowered):
                    return True
        if not with_refs:
            return False
        plain = data.replace(b"\0", b"")
        words = (re.escape(ref.encode("utf-8", "ignore")) for ref in self.refs)
        return any(re.search(rb"(?<![\w-])" + word + rb"(?![\w-])", plain) for word in words)


def names_of(first: str, last: str) -> list[str]:
    """Both orders; a name of one word alone is too common to be taken out of other texts."""
    both = [part for part in (first.strip(), last.strip()) if part]
    return [" ".join(both), " ".join(reversed(both)), ", ".join(reversed(both))] if len(both) == 2 else []
