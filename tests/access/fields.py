"""What a browser would send back of an untouched form."""

from html.parser import HTMLParser
from typing import Any


class Fields(HTMLParser):
    """What a browser would send back of an untouched form, its rows included."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, Any] = {"_save": "Save"}
        self._select = self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        told = dict(attrs)
        name, kind = told.get("name") or "", told.get("type", "text")
        if tag == "input" and name and kind not in ("submit", "button"):
            if kind not in ("checkbox", "radio") or "checked" in told:
                self.sent[name] = told.get("value") or ("on" if kind == "checkbox" else "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in told:
            self.sent.setdefault(self._select, []).append(told.get("value") or "")
        elif tag == "textarea":
            self._area = name
            self.sent[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self._select = self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent[self._area] += data.removeprefix("\n")
