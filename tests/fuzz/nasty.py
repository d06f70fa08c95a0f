"""What somebody with bad intentions, a broken program or a cat on the keyboard may send."""

VALUES = {
    "empty": "",
    "blank": " \t\r\n",
    "nul": "a\x00b",
    "long": "a" * 10_000,
    "digits": "9" * 400,
    "negative": "-1",
    "zero": "0",
    "beyond 64 bits": str(2**63),
    "nan": "NaN",
    "signalling nan": "sNaN",
    "infinite": "-Infinity",
    "exponent": "9e999",
    "endless exponent": "1e999999999",
    "arabic digits": "\u0661\u0662",
    "superscript": "\u00b2",
    "week too many": "2026-W99",
    "first week": "0001-W01",
    "last week": "9999-W52",
    "week beyond": "99999999999999999999-W01",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "no day": "2026-02-30",
    "markup": "<script>alert(1)</script>\"'>",
    "sql": "' OR 1=1; --",
    "like": "%_\\",
    "template": "{{ 7|add:7 }}%(name)s{0}",
    "formula": "=1+1",
    "right to left": "\u202eabc\u200f",
    "surrogates": "\ud800\udfff",
    "not a character": "\uffff\U0010ffff",
    "emoji": "\U0001f469\u200d\U0001f680",
    "path": "../../../../etc/passwd",
    "header": "a\r\nSet-Cookie: x=y",
    "address": "//evil.example/\\@evil.example",
}


def quoted(value: str) -> bytes:
    """As bytes of an address or form; surrogates as broken UTF-8."""
    return value.encode("utf-8", "surrogatepass")
