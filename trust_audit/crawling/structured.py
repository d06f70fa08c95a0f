"""Structured data of a page: JSON-LD and microdata as plain dictionaries with ``@type``.

Both follow schema.org. Untrusted: depth, size and number are bounded, and what does not parse is left out.
"""

import json
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

Item = dict[str, Any]
MAX_SCRIPT = 400_000
MAX_ITEMS = 500
MAX_DEPTH = 12
MAX_PROPERTIES = 3_000


def types_of(item: Any) -> tuple[str, ...]:
    """Names of the item's types without the vocabulary's address."""
    if not isinstance(item, dict):
        return ()
    kinds = item.get("@type", ())
    kinds = kinds if isinstance(kinds, list | tuple) else [kinds]
    return tuple(
        kind.rstrip("/").rsplit("/", 1)[-1].rsplit("#", 1)[-1] for kind in kinds if isinstance(kind, str)
    )


def walk(value: Any, depth: int = 0) -> Iterator[Item]:
    """Every dictionary within, outermost first, at most ``MAX_DEPTH`` levels deep."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from walk(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value[:MAX_ITEMS]:
            yield from walk(inner, depth + 1)


def of_type(items: tuple[Item, ...], *kinds: str) -> list[Item]:
    return [item for item in items if set(kinds) & set(types_of(item))]


def first(item: Item, *names: str) -> Any:
    """The first property of these names that is there, itself the first of a list."""
    for name in names:
        value = item.get(name)
        if isinstance(value, list):
            value = value[0] if value else None
        if value not in (None, "", {}):
            return value
    return None


def text(item: Item, *names: str) -> str:
    value = first(item, *names)
    if isinstance(value, dict):
        value = first(value, "name", "value", "@id", "url")
    return str(value).strip()[:500] if isinstance(value, str | int | float) else ""


def _json_ld(script: str) -> list[Item]:
    if len(script) > MAX_SCRIPT:
        return []
    try:
        return list(walk(json.loads(script.strip())))
    except (ValueError, RecursionError):
        return []


def _value(node: LexborNode) -> str:
    attributes = node.attributes
    for name in ("content", "href", "src", "datetime", "value"):
        found = attributes.get(name)
        if found:
            return found
    return (node.text(deep=True) or "").strip()[:2000]


def _scope(node: LexborNode) -> LexborNode | None:
    outer = node.parent
    while outer is not None and "itemscope" not in (outer.attributes or {}):
        outer = outer.parent
    return outer


def _microdata(parser: LexborHTMLParser) -> list[Item]:
    items: dict[int, Item] = {}
    scopes = parser.css("[itemscope]")[:MAX_ITEMS]
    for scope in scopes:
        items[scope.mem_id] = {"@type": (scope.attributes.get("itemtype") or "").split()}
    for node in parser.css("[itemprop]")[:MAX_PROPERTIES]:
        outer = _scope(node)
        item = items.get(outer.mem_id) if outer is not None else None
        if item is None:
            continue
        value: Any = items.get(node.mem_id) if "itemscope" in node.attributes else _value(node)
        for name in (node.attributes.get("itemprop") or "").split():
            item[name] = [*item[name], value] if isinstance(item.get(name), list) else (
                [item[name], value] if name in item else value
            )  # fmt: skip
    return list(items.values())


def read_items(parser: LexborHTMLParser) -> tuple[Item, ...]:
    """All items of the page, nested ones too."""
    found: list[Item] = []
    for script in parser.css('script[type="application/ld+json" i]')[:50]:
        found += _json_ld(script.text(deep=True) or "")
    found += _microdata(parser)
    return tuple(found[:MAX_ITEMS])
