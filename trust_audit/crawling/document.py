"""What the probes need to know of one HTML page, read once; the page itself is then let go."""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from trust_audit.crawling.guard import guarded
from trust_audit.crawling.structured import Item, of_type, read_items
from trust_audit.crawling.urls import joined

MAX_TEXT = 150_000
MAX_LINKS = 3_000
MAX_NODES = 2_000
MAX_SCRIPT_TEXT = 20_000
REGIONS = {"header": "header", "nav": "nav", "footer": "footer", "main": "main"}
ROLES = {"banner": "header", "navigation": "nav", "contentinfo": "footer", "main": "main"}
CRUMBS = re.compile(r"breadcrumb|fil.?d.?ariane|you are here|vous etes ici", re.IGNORECASE)
TIMER = re.compile(r"countdown|compte-?a-?rebours|timer", re.IGNORECASE)


@dataclass(frozen=True)
class Link:
    """A link as the visitor meets it. ``url`` is absolute; ``region`` where it stands; ``image`` it shows a picture."""

    url: str
    text: str
    region: str
    rel: str
    image: bool
    alt: str = ""


@dataclass(frozen=True)
class Field:
    """A field of a form."""

    kind: str
    name: str
    autocomplete: str
    checked: bool
    labelled: bool


@dataclass(frozen=True)
class Resource:
    """What the page loads by itself."""

    tag: str
    url: str
    integrity: bool


@dataclass(frozen=True)
class Crumb:
    text: str
    url: str | None


@dataclass(frozen=True)
class Document:
    """One page, taken apart. Texts are the page's own, untrusted."""

    title: str
    lang: str
    text: str
    links: tuple[Link, ...]
    phones: tuple[str, ...]
    mails: tuple[str, ...]
    items: tuple[Item, ...]
    crumbs: tuple[Crumb, ...]
    current_marked: bool
    landmarks: frozenset[str]
    headings: tuple[tuple[int, str], ...]
    images: int
    images_without_alt: int
    alts: tuple[str, ...]
    fields: tuple[Field, ...]
    buttons: tuple[str, ...]
    form_actions: tuple[str, ...]
    resources: tuple[Resource, ...]
    scripts: str
    script_bytes: int
    has_search: bool
    has_viewport: bool
    has_skip_link: bool
    is_product_page: bool
    spec_rows: int
    struck_prices: int
    timers: int
    nav_depth: int
    item_count: int = field(default=0)


def _squeezed(text: str | None, limit: int = 200) -> str:
    return " ".join((text or "").split())[:limit]


def _region(node: LexborNode) -> str:
    """The landmark around the node; the outermost header or footer wins over the nav within it."""
    found, outer, steps = "", node.parent, 0
    while outer is not None and steps < 300:
        attributes = outer.attributes or {}
        region = ROLES.get(attributes.get("role") or "") or REGIONS.get(outer.tag or "", "")
        if region in ("header", "footer", "main"):
            return region
        found = found or region
        outer, steps = outer.parent, steps + 1
    return found


def _links(parser: LexborHTMLParser, base: str) -> tuple[Link, ...]:
    found = []
    for node in parser.css("a[href]")[:MAX_LINKS]:
        attributes = node.attributes
        url = joined(base, attributes.get("href") or "")
        if url is None:
            continue
        picture = node.css_first("img, svg")
        alt = _squeezed((picture.attributes.get("alt") or "") if picture is not None else "")
        label = _squeezed(node.text(deep=True)) or _squeezed(attributes.get("aria-label")) or alt
        rel = (attributes.get("rel") or "").lower()
        found.append(Link(url, label, _region(node), rel, picture is not None, alt))
    return tuple(found)


def _schemes(parser: LexborHTMLParser, scheme: str) -> tuple[str, ...]:
    nodes = parser.css(f'a[href^="{scheme}:" i]')[:100]
    found = [
        (node.attributes.get("href") or "")[len(scheme) + 1 :].split("?")[0].strip()[:200] for node in nodes
    ]
    return tuple(dict.fromkeys(one for one in found if one))


def _crumbs(parser: LexborHTMLParser, base: str, items: tuple[Item, ...]) -> tuple[Crumb, ...]:
    """The trail shown on the page: a landmark or list that says so, else BreadcrumbList in microdata on the page."""
    for node in parser.css("nav, ol, ul, div[class], div[aria-label], [itemtype]")[:MAX_NODES]:
        attributes = node.attributes
        said = " ".join(attributes.get(name) or "" for name in ("aria-label", "class", "id", "itemtype"))
        if not CRUMBS.search(said):
            continue
        crumbs = _crumbs_of(node, base)
        if crumbs:
            return crumbs
    return ()


def _crumbs_of(node: LexborNode, base: str) -> tuple[Crumb, ...]:
    parts = node.css("li") or node.css("a, span[aria-current], [aria-current]")
    found = []
    for part in parts[:12]:
        link = part if part.tag == "a" else part.css_first("a[href]")
        href = (link.attributes.get("href") or "") if link is not None else ""
        text = _squeezed(part.text(deep=True), 100).strip(" >/›»")
        if text:
            found.append(Crumb(text, joined(base, href) if href else None))
    return tuple(found)


def _labelled(node: LexborNode, labels: set[str]) -> bool:
    attributes = node.attributes
    if attributes.get("aria-label") or attributes.get("aria-labelledby") or attributes.get("title"):
        return True
    if (attributes.get("id") or "") in labels:
        return True
    outer, steps = node.parent, 0
    while outer is not None and steps < 8:
        if outer.tag == "label":
            return True
        outer, steps = outer.parent, steps + 1
    return False


def _fields(parser: LexborHTMLParser) -> tuple[Field, ...]:
    labels = {label.attributes.get("for") or "" for label in parser.css("label[for]")[:MAX_NODES]} - {""}
    found = []
    for node in parser.css("input, select, textarea")[:500]:
        attributes = node.attributes
        kind = (attributes.get("type") or "text").lower() if node.tag == "input" else str(node.tag)
        if kind in ("hidden", "submit", "button", "image", "reset"):
            continue
        found.append(
            Field(
                kind,
                (attributes.get("name") or attributes.get("id") or "")[:100],
                (attributes.get("autocomplete") or "").lower(),
                "checked" in attributes,
                _labelled(node, labels),
            )
        )
    return tuple(found)


LOADING = (
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("video", "src"),
)


def _resources(parser: LexborHTMLParser, base: str) -> tuple[Resource, ...]:
    found = []
    for tag, attribute in LOADING:
        for node in parser.css(f"{tag}[{attribute}]")[:500]:
            attributes = node.attributes
            if tag == "link" and not {"stylesheet", "preload", "icon", "modulepreload"} & set(
                (attributes.get("rel") or "").lower().split()
            ):
                continue
            url = joined(base, attributes.get(attribute) or "")
            if url is not None:
                found.append(Resource(tag, url, bool(attributes.get("integrity"))))
    return tuple(found)


def _landmarks(parser: LexborHTMLParser) -> frozenset[str]:
    names = {name for name in REGIONS if parser.css_first(name) is not None}
    return frozenset(
        names | {name for role, name in ROLES.items() if parser.css_first(f'[role="{role}"]') is not None}
    )


def _nav_depth(parser: LexborHTMLParser) -> int:
    """How deep lists nest within the main menu, at most 6."""
    depth, selector = 0, "nav ul"
    while depth < 6 and parser.css_first(selector) is not None:
        depth, selector = depth + 1, f"{selector} ul"
    return depth


def _skip_link(parser: LexborHTMLParser) -> bool:
    links = parser.css('a[href^="#"]')[:3]
    return any(len(link.attributes.get("href") or "") > 1 for link in links)


ADD_TO_CART = re.compile(r"ajouter au panier|acheter|add to (?:cart|basket|bag)|buy now", re.IGNORECASE)


def _buttons(parser: LexborHTMLParser) -> tuple[str, ...]:
    nodes = parser.css('button, input[type="submit"], a[class*="button"], a[class*="btn"]')[:200]
    return tuple(_squeezed(node.text(deep=True) or node.attributes.get("value"), 80) for node in nodes)


def _scripts(parser: LexborHTMLParser) -> tuple[str, int]:
    kept, size = [], 0
    for node in parser.css("script")[:300]:
        text = node.text(deep=True) or ""
        size += len(text)
        if "src" not in node.attributes and "json" not in (node.attributes.get("type") or ""):
            kept.append(text[:4000])
    return "\n".join(kept)[:MAX_SCRIPT_TEXT], size


def _text(parser: LexborHTMLParser) -> str:
    parser.strip_tags(["script", "style", "noscript", "template", "svg"])
    body = parser.body
    return " ".join((body.text(deep=True, separator=" ") if body is not None else "").split())[:MAX_TEXT]


def read_document(html: str, base: str) -> Document:
    """Take a page apart. ``base`` is the address it came from. Linear in the size of the page."""
    parser = LexborHTMLParser(guarded(html))
    declared = parser.css_first("base[href]")
    if declared is not None:
        base = joined(base, declared.attributes.get("href") or "") or base
    items = read_items(parser)
    buttons = _buttons(parser)
    scripts, script_bytes = _scripts(parser)
    root = parser.root
    title = parser.css_first("title")
    pictures = parser.css("img")[:MAX_NODES]
    alts = [picture.attributes.get("alt") for picture in pictures]
    headings = parser.css("h1, h2, h3, h4, h5, h6")[:500]
    has_offer = bool(of_type(items, "Product"))
    return Document(
        title=_squeezed(title.text(deep=True) if title is not None else ""),
        lang=((root.attributes.get("lang") or "") if root is not None else "").lower()[:20],
        links=_links(parser, base),
        phones=_schemes(parser, "tel"),
        mails=_schemes(parser, "mailto"),
        items=items,
        crumbs=_crumbs(parser, base, items),
        current_marked=parser.css_first('nav [aria-current], [aria-current="page"]') is not None,
        landmarks=_landmarks(parser),
        headings=tuple((int((node.tag or "h1")[1]), _squeezed(node.text(deep=True))) for node in headings),
        images=len(pictures),
        images_without_alt=sum(alt is None for alt in alts),
        alts=tuple(_squeezed(alt) for alt in alts if alt)[:100],
        fields=_fields(parser),
        buttons=buttons,
        form_actions=tuple(
            url
            for node in parser.css("form[action]")[:100]
            if (url := joined(base, node.attributes.get("action") or "")) is not None
        ),
        resources=_resources(parser, base),
        scripts=scripts,
        script_bytes=script_bytes,
        has_search=parser.css_first('[role="search"], input[type="search"], search') is not None,
        has_viewport=parser.css_first('meta[name="viewport" i]') is not None,
        has_skip_link=_skip_link(parser),
        is_product_page=has_offer or any(ADD_TO_CART.search(button) for button in buttons),
        spec_rows=len(parser.css("table tr th, dl dt")[:200]),
        struck_prices=len(parser.css("del, s, strike")[:100]),
        timers=sum(
            TIMER.search(f"{node.attributes.get('class')} {node.attributes.get('id')}") is not None
            for node in parser.css(
                '[class*="count" i], [class*="timer" i], [id*="count" i], [id*="timer" i]'
            )[:200]
        )
        + len(parser.css("[data-countdown]")),
        nav_depth=_nav_depth(parser),
        item_count=len(items),
        text=_text(parser),
    )


CHARSETS = {
    "utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii", "macintosh", "koi8-r", "koi8-u", "gbk",
    "gb2312", "gb18030", "big5", "euc-jp", "shift_jis", "shift-jis", "euc-kr",
    *(f"iso-8859-{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)),
    *(f"windows-{n}" for n in range(1250, 1259)), "latin1", "latin-1",
}  # fmt: skip
META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([a-zA-Z0-9_-]{2,20})", re.IGNORECASE)
HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([a-zA-Z0-9_-]{2,20})", re.IGNORECASE)


def decoded(body: bytes, content_type: str) -> str:
    """The page as text: by its mark, its header, its meta tag, else UTF-8, else Windows-1252. Never fails."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16le"), (b"\xfe\xff", "utf-16be")):
        if body.startswith(mark):
            return body[len(mark) :].decode(name, errors="replace")
    declared = HEADER_CHARSET.search(content_type)
    inside = META_CHARSET.search(body[:4096])
    for name in (declared.group(1) if declared else "", inside.group(1).decode("ascii") if inside else ""):
        name = name.lower()
        if name in CHARSETS:
            name = "macroman" if name == "macintosh" else name
            text = body.decode(
                "windows-1252" if name in ("iso-8859-1", "latin1", "latin-1") else name, errors="replace"
            )
            if text.count("\ufffd") * 20 <= len(text):
                return text
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("windows-1252", errors="replace")


SNIFFED = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|h1|a\s)", re.IGNORECASE)


def is_html(body: bytes, content_type: str) -> bool:
    """By the declared type; without one, by what the page begins with."""
    kind = content_type.split(";")[0].strip().lower()
    if kind:
        return kind in ("text/html", "application/xhtml+xml")
    return SNIFFED.search(body[:2048]) is not None
