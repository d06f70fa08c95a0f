"""Makes a page harmless for the parser: bounded nesting and attributes, in linear time.

The parser, like every tree builder of HTML, takes time in the square of the nesting: 100,000 open ``div`` took
31 seconds, as did a tag of 100,000 attributes. Pages of usual size pass through untouched. Others keep their
texts, links and the first ``MAX_DEPTH`` levels, as browsers do (Blink stops at 512).
"""

import re

# Nothing below these can take a tenth of a second.
USUAL_TAGS = 6_000
USUAL_TAG_LENGTH = 4_000
MAX_DEPTH = 200
MAX_ATTRIBUTES = 3_000

TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})([^<>]*+)(>?)")
LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{USUAL_TAG_LENGTH}}}")
HREF = re.compile(r"\bhref\s*=\s*(\"[^\"]{0,2000}\"|'[^']{0,2000}'|[^\s\"'>]{1,2000})", re.IGNORECASE)
LINK = re.compile(r"<a\s[^<>]{1,2000}>[^<]{0,200}", re.IGNORECASE)
MAX_TAGS = 60_000
MAX_LINKS = 3_000
VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
}  # fmt: skip
# Closed by the parser itself when the next one opens, so they do not nest.
SELF_CLOSING = {
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "a", "html", "head", "body",
}  # fmt: skip
RAW = ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")


def needs_guard(html: str) -> bool:
    return html.count("<") > USUAL_TAGS or LONG_TAG.search(html) is not None


def _without(html: str, opening: str, closing: str) -> str:
    """Remove what stands between the marks; an unclosed mark swallows the rest, as in a browser."""
    kept, position = [], 0
    while (start := html.find(opening, position)) >= 0:
        kept.append(html[position:start])
        end = html.find(closing, start + len(opening))
        if end < 0:
            return "".join(kept)
        position = end + len(closing)
    kept.append(html[position:])
    return "".join(kept)


class _Flattener:
    """Copies tags up to a depth; what nests deeper loses its tags, except links."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.depth = 0
        self.dropped = 0

    def tag(self, closing: bool, name: str, attributes: str) -> None:
        if name in SELF_CLOSING or name in VOID:
            self._write(closing, name, attributes)
        elif closing:
            self._close(name)
        elif self.depth >= MAX_DEPTH:
            self.dropped += 1
        else:
            self.depth += 1
            self._write(False, name, attributes)

    def _close(self, name: str) -> None:
        if self.dropped:
            self.dropped -= 1
            return
        self.depth = max(0, self.depth - 1)
        self._write(True, name, "")

    def _write(self, closing: bool, name: str, attributes: str) -> None:
        if closing:
            self.parts.append(f"</{name}>")
            return
        if len(attributes) > MAX_ATTRIBUTES:
            link = HREF.search(attributes)
            attributes = f" href={link.group(1)}" if link else ""
        self.parts.append(f"<{name}{attributes}>")

    def text(self, text: str) -> None:
        self.parts.append(text.replace("<", "&lt;"))


def guarded(html: str) -> str:
    """The page, its nesting and attributes bounded when they are not usual."""
    if not needs_guard(html):
        return html
    html = _without(html, "<!--", "-->")
    flat, position = _Flattener(), 0
    for _ in range(MAX_TAGS):
        match = TAG.search(html, position)
        if match is None:
            break
        flat.text(html[position : match.start()])
        closing, name = match.group(1) == "/", match.group(2).lower()
        flat.tag(closing, name, match.group(3))
        position = match.end()
        if name in RAW and not closing:
            position = _raw(html, name, position, flat)
    else:
        # A page of so many tags is no page: of its rest, links are kept.
        flat.parts += [match.group(0) for match in LINK.finditer(html, position)][:MAX_LINKS]
        position = len(html)
    flat.text(html[position:])
    return "".join(flat.parts)


def _raw(html: str, name: str, position: int, flat: _Flattener) -> int:
    """Copy the content of a script or the like up to its end tag (else to the end of the page), without tags.

    Within SVG the same names hold elements, so no tag may pass. ``\\u003c`` is "<" in JSON and in scripts.
    """
    end = re.compile(rf"</{name}", re.IGNORECASE).search(html, position)
    stop = end.start() if end else len(html)
    flat.parts.append(html[position:stop].replace("<", "\\u003c" if name == "script" else "&lt;"))
    return stop
