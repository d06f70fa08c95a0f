"""Numbers, prices, phones and thresholds that the probes judge by, against published or hand-computed cases."""

from datetime import date

import pytest

from trust_audit.crawling.document import decoded, read_document
from trust_audit.crawling.structured import of_type
from trust_audit.probes.draft import level_for
from trust_audit.probes.identity import identity_groups
from trust_audit.probes.labels import REASONS
from trust_audit.probes.navigation import CLICKS, SHARES
from trust_audit.probes.numbers import is_siren, is_siret, is_vat
from trust_audit.probes.prices import cents, printed_amounts
from trust_audit.probes.products import gtin_is_valid
from trust_audit.probes.running import percentile, speed_level
from trust_audit.probes.seals import _until
from trust_audit.probes.security import _cookie_points, _policy_points, hsts_seconds
from trust_audit.probes.service import PhoneKind, french_kind
from trust_audit.probes.texts import spoken_language


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("732829320", True),
        ("732829321", False),
        ("987654324", True),
        ("000000000", False),
        ("73282932", False),
        ("73282932a", False),
    ],
)
def test_siren(number: str, expected: bool) -> None:
    assert is_siren(number) is expected


@pytest.mark.parametrize(
    ("number", "expected"), [("73282932000074", True), ("73282932000075", False), ("732829320", False)]
)
def test_siret(number: str, expected: bool) -> None:
    assert is_siret(number) is expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("FR44732829320", True),
        ("FR45732829320", False),
        ("FR14987654324", True),
        ("DE123456789", True),
        ("DE12345678", False),
        ("XX123456789", False),
    ],
)
def test_vat(number: str, expected: bool) -> None:
    assert is_vat(number) is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("4006381333931", True),
        ("4006381333932", False),
        ("96385074", True),
        ("036000291452", True),
        ("12345", False),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", False),
    ],
)
def test_gtin(code: str, expected: bool) -> None:
    assert gtin_is_valid(code) is expected


@pytest.mark.parametrize(
    ("significant", "kind"),
    [
        ("199001234", PhoneKind.NORMAL), ("600000000", PhoneKind.NORMAL), ("970123456", PhoneKind.NORMAL),
        ("800123456", PhoneKind.FREE), ("805123456", PhoneKind.FREE), ("806123456", PhoneKind.NORMAL),
        ("809123456", PhoneKind.NORMAL), ("810123456", PhoneKind.PREMIUM), ("825123456", PhoneKind.PREMIUM),
        ("899101234", PhoneKind.PREMIUM),
    ],
)  # fmt: skip
def test_what_a_french_number_costs(significant: str, kind: PhoneKind) -> None:
    assert french_kind(significant) == kind


@pytest.mark.parametrize(
    ("share", "level"),
    [(1.0, 4), (0.99, 3), (0.9, 3), (0.875, 2), (0.7, 2), (0.5, 1), (0.4, 1), (0.375, 0), (0.0, 0)],
)
def test_levels_of_the_three_clicks(share: float, level: int) -> None:
    assert level_for(share, CLICKS) == level


@pytest.mark.parametrize(
    ("share", "level"), [(0.9, 4), (0.89, 3), (0.75, 3), (0.74, 2), (0.5, 2), (0.49, 1), (0.1, 1), (0.09, 0)]
)
def test_levels_of_a_share_of_pages(share: float, level: int) -> None:
    assert level_for(share, SHARES) == level


@pytest.mark.parametrize(
    ("seconds", "size", "level"),
    [
        (0.2, 10, 4),
        (0.21, 10, 3),
        (0.5, 10, 3),
        (0.8, 10, 2),
        (1.8, 10, 1),
        (1.81, 10, 0),
        (0.1, 1_000_001, 3),
        (9.0, 2_000_000, 0),
    ],
)
def test_levels_of_speed(seconds: float, size: int, level: int) -> None:
    assert speed_level(seconds, size) == level


def test_the_nearest_rank_percentile() -> None:
    assert [percentile([4.0, 1.0, 3.0, 2.0], share) for share in (0.25, 0.5, 0.75, 1.0)] == [
        1.0,
        2.0,
        3.0,
        4.0,
    ]
    assert percentile([7.0], 0.75) == 7.0


@pytest.mark.parametrize(
    ("policy", "points"),
    [
        ("", 0), ("default-src 'self'", 25), ("default-src *", 10), ("script-src 'self' 'unsafe-inline'", 10),
        ("script-src 'unsafe-inline' 'nonce-x'", 25), ("img-src 'self'", 10),
    ],
)  # fmt: skip
def test_points_of_a_policy(policy: str, points: int) -> None:
    assert _policy_points(policy) == points


@pytest.mark.parametrize(
    ("cookies", "points"),
    [
        ((), 20), (("session=1",), 0), (("session=1; Secure; HttpOnly; SameSite=Lax",), 20),
        (("theme=1; Secure; SameSite=Lax",), 20), (("session=1; HttpOnly",), 7),
    ],
)  # fmt: skip
def test_points_of_cookies(cookies: tuple[str, ...], points: int) -> None:
    assert _cookie_points(cookies, is_https=True) == points


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("max-age=31536000; preload", 31536000), ('MAX-AGE = "60"', 60), ("", 0), ("preload", 0)],
)
def test_hsts(value: str, seconds: int) -> None:
    assert hsts_seconds(value) == seconds


def test_amounts_in_text_and_markup() -> None:
    html = "<body><p>12,50 €, 1 234,00 € ou £3.20, soit 7 euros</p></body>"
    from trust_audit.crawling.visitor import Page

    page = Page("http://shop.example/", document=read_document(html, "http://shop.example/"))
    assert printed_amounts(page) == {1250, 123400, 320, 700}
    assert [cents(text) for text in ("14.90", "14", "14.9", "14,90", "x", "14.905")] == [
        1490,
        1400,
        1490,
        1490,
        None,
        None,
    ]


def test_identity_of_an_invented_firm() -> None:
    told, wrong = identity_groups(
        "orvane sarl, 12 rue des potiers, 03200 vichy. rcs cusset 987 654 324. tva : fr 14 987654324."
        " directrice de la publication : m. orvane. hebergeur : exemple. a@orvane.example"
    )
    assert (set(told.values()), wrong) == ({True}, {})
    told, wrong = identity_groups("siren 987 654 321, tva fr 15 987654324")
    assert (told["registration"], told["vat"]) == (False, False)
    assert wrong == {"siren": "987 654 321", "vat": "FR 15 987654324"}


def test_structured_data_in_both_writings() -> None:
    html = (
        '<script type="application/ld+json">{"@graph":[{"@type":"Product","name":"A","offers":{"@type":"Offer","price":"1"}}]}</script>'
        '<div itemscope itemtype="https://schema.org/Product"><b itemprop="name">B</b><div itemprop="offers" itemscope'
        ' itemtype="http://schema.org/Offer"><meta itemprop="price" content="2"></div></div>'
        '<script type="application/ld+json">{broken</script>'
    )
    items = read_document(html, "http://shop.example/").items
    assert [item["name"] for item in of_type(items, "Product")] == ["A", "B"]
    assert [item["price"] for item in of_type(items, "Offer")] == ["1", "2"]


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("é".encode(), "text/html", "é"), ("é".encode("latin-1"), "text/html", "é"),
        ("é".encode("latin-1"), "text/html; charset=iso-8859-1", "é"), ("\ufeffé".encode("utf-16-le"), "text/html", "é"),
        ("€".encode("cp1252"), "text/html; charset=idna", "€"), (b'<meta charset="koi8-r">\xc1', "", '<meta charset="koi8-r">а'),
    ],
)  # fmt: skip
def test_pages_are_decoded_without_trusting_them(body: bytes, kind: str, text: str) -> None:
    assert decoded(body, kind) == text


def test_the_date_until_which_a_seal_holds() -> None:
    texts = (
        "valable jusqu'au 31/12/2027",
        "valid until 2027-12-31",
        "expire le 1.2.2026",
        "valable toujours",
        "valide 31/02/2027",
    )
    assert [_until(text) for text in texts] == [
        date(2027, 12, 31),
        date(2027, 12, 31),
        date(2026, 2, 1),
        None,
        None,
    ]


def test_the_language_of_a_text() -> None:
    french = (
        "Les pièces sont faites pour vous dans notre atelier avec une argile qui est de la région et des émaux. "
        * 4
    )
    english = (
        "The pieces are made for you in our workshop with a clay that is of the region and with our glazes. "
        * 4
    )
    assert [spoken_language(text) for text in (french, english, "Bonjour", french + english)] == [
        "fr",
        "en",
        "",
        "",
    ]


def test_every_reason_of_the_probes_has_its_words() -> None:
    import re
    from pathlib import Path

    folder = Path(__file__).resolve().parents[2] / "trust_audit"
    families = {code.split(".")[0] for code in REASONS}
    sources = [*folder.glob("*.py"), *(folder / "probes").glob("*.py"), *(folder / "crawling").glob("*.py")]
    written = {
        code
        for file in sources
        if file.name not in ("labels.py", "registries.py")
        for code in re.findall(r'"([a-z]+\.[a-z_0-9]+)"', file.read_text())
        if code.split(".")[0] in families
    }
    assert (len(written) > 150, sorted(written - set(REASONS))) == (True, [])
