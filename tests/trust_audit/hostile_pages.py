"""The cases: answers that are no HTTP, bodies that never end or unpack without end, pages that no tool would write."""

import json

from tests.trust_audit.hostile import (
    TEXT,
    Host,
    bomb,
    endless,
    hangs,
    http,
    only,
    page,
    raw_deflate,
    resets,
    sends,
)

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
DEEP = 100_000
MEGA = 1_000_000
BIG = 20 * MEGA
DEEP_OBJECT = '{"a":' * 50_000 + "1" + "}" * 50_000
NESTED = (
    "div", "span", "b", "font", "table", "section", "form", "button", "svg", "math", "a", "p", "object", "template",
    "select", "nav", "h1", "frameset",
)  # fmt: skip


def _answers() -> dict[str, Host]:
    """What comes back is not, or hardly, HTTP."""
    return {
        "closes": only(b""),
        "resets": only(resets),
        "hangs": only(hangs),
        "junk": only(b"\x00\xff\xfe\x01" * 5000),
        "old": only(b"<html><body>HTTP/0.9</body></html>"),
        "two": only(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" * 20),
        "tls": only(b"\x15\x03\x03\x00\x02\x02\x28"),
        "ssh": only(b"SSH-2.0-OpenSSH_9.9\r\n"),
        "smtp": only(b"220 mail ESMTP\r\n"),
        "status-text": only(b"HTTP/1.1 OK\r\n\r\n"),
        "status-999": only(http(page(TEXT), status="999 What")),
        "status-000": only(http(page(TEXT), status="000 None")),
        "status-204": only(http(b"", status="204 No Content")),
        "status-205": only(http(b"", status="205 Reset Content")),
        "status-206": only(http(page(TEXT), "Content-Range: bytes 0-9/10", status="206 Partial Content")),
        "status-304": only(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
        "status-400": only(http(page(TEXT), status="400 Bad Request")),
        "status-401": only(http(page(TEXT), "WWW-Authenticate: Basic", status="401 Unauthorized")),
        "status-403": only(http(page(TEXT), status="403 Forbidden")),
        "status-429": only(http(page(TEXT), "Retry-After: 99999", status="429 Too Many Requests")),
        "status-500": only(http(page(TEXT), status="500 Internal Server Error")),
        "status-503": only(http(page(TEXT), "Retry-After: 99999", status="503 Service Unavailable")),
        "switching": only(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n" + b"x" * 5000),
        "continues": only(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n")),
        "head-endless": only(endless(b"HTTP/1.1 200 OK\r\n", b"X-More: yes\r\n")),
        "head-drips": only(endless(b"HTTP/1.1 200 OK\r\n", b"X", 0.05)),
        "head-line": only(endless(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 65536)),
        "head-many": only(OK + b"".join(b"X-%d: y\r\n" % n for n in range(50_000)) + b"\r\n"),
        "head-nul": only(OK + b"X-Nul: a\x00b\r\n\r\n"),
        "head-fold": only(OK + b"X-Fold: a\r\n b\r\nContent-Length: 0\r\n\r\n"),
        "head-space": only(OK + b"Content-Length : 4\r\n\r\nabcd"),
        "head-colon": only(b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\nabc"),
        "head-latin": only(OK + "X-É: è\r\nContent-Length: 0\r\n\r\n".encode("latin-1")),
        "length-long": only(OK + b"Content-Length: 99999\r\n\r\nshort"),
        "length-negative": only(OK + b"Content-Length: -5\r\n\r\nabc"),
        "length-huge": only(OK + b"Content-Length: 99999999999999999999\r\n\r\nabc"),
        "length-word": only(OK + b"Content-Length: many\r\n\r\nabc"),
        "length-twice": only(OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
        "length-and-chunks": only(OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        "chunk-word": only(CHUNKED + b"zz\r\nabc\r\n"),
        "chunk-huge": only(CHUNKED + b"FFFFFFFFFFFFFFFF\r\nabc"),
        "chunk-negative": only(CHUNKED + b"-1\r\nabc"),
        "chunk-extension": only(endless(CHUNKED + b"1;", b"x" * 4096)),
        "chunk-trailer": only(endless(CHUNKED + b"1\r\na\r\n0\r\n", b"X-T: y\r\n")),
        "chunk-cut": only(CHUNKED + b"64\r\nabc"),
        "encoding-unknown": only(OK + b"Transfer-Encoding: rot13\r\n\r\nabc"),
        "cookies": only(http("", *(f"Set-Cookie: c{n}={'x' * 50}" for n in range(1000)))),
        "location-none": only(http("", status="302 Found")),
    }  # fmt: skip


def _bodies() -> dict[str, Host]:
    """Bodies without end, or that unpack without end."""
    packed = ("Content-Encoding: gzip",)
    return {
        "endless": only(endless(OK + b"\r\n", b"<p>x</p>" * 8192)),
        "endless-text": only(endless(OK + b"\r\n", b"0" * 65536)),
        "endless-chunks": only(endless(CHUNKED, b"2000\r\n" + b"x" * 8192 + b"\r\n")),
        "endless-tiny": only(endless(CHUNKED, b"1\r\nx\r\n" * 500)),
        "endless-nothing": only(endless(OK + b"Content-Encoding: gzip\r\n\r\n" + bomb(10)[:10], b"\x00\x00\x00\xff\xff" * 4096)),
        "drips": only(endless(OK + b"\r\n", b"x", 0.05)),
        "drips-chunks": only(endless(CHUNKED, b"1\r\nx\r\n", 0.05)),
        "stalls": only(endless(OK + b"\r\n<html>", b"", 0.5)),
        "bomb": only(http(bomb(BIG), *packed)),
        "bomb-x": only(http(bomb(20 * MEGA), "Content-Encoding: x-gzip")),
        "bomb-twice": only(http(bomb(BIG, 2), "Content-Encoding: gzip, gzip")),
        "bomb-thrice": only(http(bomb(BIG, 3), "Content-Encoding: gzip, gzip, gzip")),
        "bomb-deflate": only(http(raw_deflate(BIG), "Content-Encoding: deflate")),
        "bomb-endless": only(endless(OK + b"Content-Encoding: gzip\r\n\r\n", bomb(5 * MEGA))),
        "packed-ten": only(http(bomb(1000, 1), f"Content-Encoding: {', '.join(['gzip'] * 10)}")),
        "packed-junk": only(http(b"not packed at all" * 100, *packed)),
        "packed-cut": only(http(bomb(MEGA)[:500], *packed)),
        "packed-br": only(http(b"\x1b\xff\xff" * 3000, "Content-Encoding: br")),
        "packed-zstd": only(http(b"\x28\xb5\x2f\xfd" * 3000, "Content-Encoding: zstd")),
        "packed-unknown": only(http(b"x" * 3000, "Content-Encoding: nonsense")),
        "title": only(page(TEXT, f"<title>{'x' * 10 * MEGA}</title>")),
        "one-word": only(page("x" * 5 * MEGA)),
    }  # fmt: skip


def _nested() -> dict[str, Host]:
    cases = {
        f"nested-{tag}": only(page(f"{TEXT}<{tag}>" * 1 + f"<{tag}>" * DEEP + '<a href="/x">x</a>'))
        for tag in NESTED
    }
    return cases | {
        "nested-li": only(page(TEXT + "<ul><li>" * (DEEP // 2))),
        "nested-td": only(page(TEXT + "<table><tr><td>" * (DEEP // 3))),
        "nested-dl": only(page(TEXT + "<dl><dd>" * (DEEP // 2))),
        "nested-mixed": only(page(TEXT + "<b><p><i><div><u><table>" * (DEEP // 6))),
        "nested-quotes": only(page(TEXT + "<div title='<'>" * DEEP)),
        "nested-closed": only(page(TEXT + "<div>" * DEEP + "</div>" * DEEP)),
        "closed-only": only(page(TEXT + "</div>" * DEEP)),
        "nested-svg-title": only(page(TEXT + "<svg><title>" + "<div>" * DEEP)),
        "nested-svg-style": only(page(TEXT + "<svg><style>" + "<div>" * DEEP)),
        "nested-math-script": only(page(TEXT + "<math><mi><script>" + "<div>" * DEEP)),
        "misnested": only(page(TEXT + "<a><b><i><p>" * 5000 + "</a></b>" * 5000)),
        "attributes": only(page(f"{TEXT}<div {' '.join(f'a{n}=1' for n in range(DEEP))}>")),
        "attributes-bare": only(page(f"{TEXT}<div {' '.join(f'a{n}' for n in range(DEEP))}>")),
        "attribute-long": only(page(f'{TEXT}<a href="/{"x" * MEGA}">x</a>')),
        "links": only(page(TEXT + "".join(f'<a href="mailto:a{n}@b">x</a>' for n in range(40_000)))),
        "data": only(page(f'<script type="application/ld+json">{"[" * DEEP}{"]" * DEEP}</script>{TEXT}')),
        "data-deep": only(page(f'<script type="application/ld+json">{DEEP_OBJECT}</script>{TEXT}')),
        "data-number": only(page(f'<script type="application/ld+json">{{"@type":"Product","price":{"9" * 300_000}}}</script>{TEXT}')),
        "data-types": only(page(f'<script type="application/ld+json">{json.dumps([{"@type": [[], {}, None, 5], "name": {"name": []}}, {"@type": 7}, [[[]]]])}</script>{TEXT}')),
        "data-nan": only(page(f'<script type="application/ld+json">{{"@type":"Offer","price":NaN,"x":Infinity}}</script>{TEXT}')),
        "micro": only(page(TEXT + "<div itemscope itemprop=a>" * 5000)),
    }  # fmt: skip


def _texts() -> dict[str, Host]:
    """Wrong charsets, types and characters."""
    body = page("é" * 600)
    latin = body.encode("latin-1")
    names = (
        "utf-16",
        "utf-7",
        "zip",
        "idna",
        "punycode",
        "unicode_escape",
        "base64",
        "rot13",
        "x-none",
        "raw_unicode_escape",
    )
    charsets = {
        f"charset-{place}": only(http(latin, kind=f"text/html; charset={name}"))
        for place, name in enumerate(names)
    }
    return charsets | {
        "charset-long": only(http(latin, kind=f"text/html; charset={'x' * 5000}")),
        "charset-meta": only(http(b'<meta charset="utf-32">' + latin)),
        "utf-16-le": only(http(body.encode("utf-16"), kind="text/html")),
        "utf-16-odd": only(http(body.encode("utf-16")[:-1], kind="text/html; charset=utf-8")),
        "utf-32": only(http(body.encode("utf-32"), kind="text/html")),
        "latin-as-utf8": only(http(latin, kind="text/html; charset=utf-8")),
        "no-type": only(http(body, kind="")),
        "no-type-binary": only(http(bytes(range(256)) * 400, kind="")),
        "type-odd": only(http(body, kind=";;;/")),
        "type-twice": only(http(body, "Content-Type: image/png")),
        "type-image": only(http(body, kind="image/png")),
        "type-pdf": only(http(b"%PDF-1.7" + b"\xff" * 5000)),
        "type-zip": only(http(b"PK\x03\x04" + b"\x00" * 5000)),
        "nul": only(page("\x00" * 5000 + TEXT)),
        "surrogate": only(http(b"\xed\xa0\x80" * 2000)),
        "bidi": only(page("\u202e\u2066\u200f" * 2000 + TEXT)),
        "combining": only(page("e" + "\u0301" * 100_000)),
        "ligature": only(page("\ufdfa" * 50_000)),
        "empty": only(http(b"")),
        "spaces": only(http(b" " * 100_000)),
        "lt": only(http(b"<" * MEGA)),
        "ampersands": only(page("&" * MEGA)),
        "entities": only(page("&#x110000;&#0;&bogus;" * 50_000)),
        "comment": only(page("<!--" * 200_000)),
        "script-open": only(page(TEXT + "<script>" * 100_000)),
        "style-open": only(page(TEXT + "<style>" + "x" * MEGA)),
        "plaintext": only(page(TEXT + "<plaintext>" + "<a href=/x>" * 10_000)),
        "cdata": only(page(TEXT + "<![CDATA[" * 50_000)),
        "doctype": only(http("<!DOCTYPE html [<!ENTITY a '&a;&a;'>]>" * 2000 + TEXT)),
        "xml": only(http("<?xml version='1.0'?>" * 2000 + page(TEXT), kind="application/xhtml+xml")),
        "scripted": only(page('<div id="root"></div>' + f"<script>{'x=1;' * 5000}</script>")),
        "bad-links": only(page(TEXT + "".join(f'<a href="{href}">Contact</a>' for href in BAD_LINKS))),
        "bad-phones": only(page(TEXT + f'<a href="tel:{"9" * 50_000}">t</a>' + "1-" * 50_000)),
        "base": only(page(TEXT + '<a href="x">x</a>', '<base href="http://[">')),
    }  # fmt: skip


BAD_LINKS = (
    "http://[", "http://[::1", "//", "///x", "http://", "http:///", "http://a:99999/", "http://a:-1/", "http://a:b/",
    "http://u:p@127.0.0.2/", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://a/", "gopher://a/",
    "http:\\\\127.0.0.2\\", "\\\\127.0.0.2\\x", "http://%31%32%37.0.0.2/", "http://127。0。0。2/", "?" + "a=1&amp;" * 200,
    "#", "", " ", "\x00", "http://xn--/", "http://xn--a/", "http://a..b/", "http://-/", "http://" + "a" * 300 + "/",
)  # fmt: skip


def _robots() -> dict[str, Host]:
    """Rules for robots that are themselves a trap. The page behind them is fine, and too small to judge."""
    fine = {"*": sends(http(page(TEXT)))}
    plain = "text/plain"
    return {
        "robots-endless": Host(fine, endless(OK + b"\r\n", b"Disallow: /x\n" * 4096)),
        "robots-drips": Host(fine, endless(OK + b"\r\n", b"D", 0.05)),
        "robots-500": Host(fine, sends(http("", status="500 Internal Server Error"))),
        "robots-closes": Host(fine, sends(b"")),
        "robots-stars": Host(
            fine, sends(http(f"User-agent: *\nDisallow: /{'*a' * 5000}$\n" * 20, kind=plain))
        ),
        "robots-rules": Host(fine, sends(http("User-agent: *\n" + "Disallow: /x*y$\n" * 30_000, kind=plain))),
        "robots-binary": Host(fine, sends(http(bytes(range(256)) * 1000, kind=plain))),
        "robots-bomb": Host(fine, sends(http(bomb(20 * MEGA), "Content-Encoding: gzip", kind=plain))),
        "robots-forbids": Host(fine, sends(http("User-agent: *\nDisallow: /\n", kind=plain))),
        "robots-delay": Host(fine, sends(http("User-agent: *\nCrawl-delay: 1e308\n", kind=plain))),
        "robots-loop": Host(fine, sends(http("", "Location: /robots.txt", status="302 Found"))),
    }


def cases() -> dict[str, Host]:
    return _answers() | _bodies() | _nested() | _texts() | _robots()
