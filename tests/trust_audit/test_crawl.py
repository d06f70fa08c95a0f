"""The walk: polite, bounded, the same twice, and honest about what it could not see."""

import time

import pytest

from tests.trust_audit.hostile import TEXT, Behaviour, Host, http, loopback_only, only, page, sends, trap
from trust_audit.crawling.crawl import Site, crawl
from trust_audit.crawling.urls import cleaned, is_page, registrable
from trust_audit.crawling.visitor import Visitor
from trust_audit.demo_shop import serving
from trust_audit.net import Fetcher, Limits
from trust_audit.probes import PROBES, ProposalStatus, run_probes

ALLOWED = ("127.0.0.1/32",)
QUICK = Limits(delay=0, pages=20, read_seconds=2, page_seconds=3)


def links(*paths: str) -> str:
    return "".join(f'<a href="{path}">Page {path}</a>' for path in paths)


def shown(path: str, body: str) -> Behaviour:
    return sends(http(page(f"<p>{path}</p>{TEXT}{body}")))


def walked(host: Host, limits: Limits = QUICK) -> Site:
    with (
        trap({"shop": host}) as running,
        Fetcher(limits, allow_nets=ALLOWED, resolver=loopback_only) as fetcher,
    ):
        return crawl(Visitor(fetcher), running.url("shop"))


def paths(site: Site) -> list[str]:
    return ["/" + one.asked.split("/", 3)[3] for one in site.pages]


def test_robots_txt_is_obeyed_and_told() -> None:
    rules = "User-agent: *\nDisallow: /secret\n"
    host = Host(
        {"/": shown("/", links("/secret", "/open")), "*": shown("/open", "")},
        sends(http(rules, kind="text/plain")),
    )
    site = walked(host)
    assert (sorted(paths(site)), site.complete) == (["/", "/open"], False)
    assert [url.rsplit("/", 1)[-1] for url in site.refused_by_robots] == ["secret"]


def test_pages_that_act_are_left_alone() -> None:
    acting = (
        "/logout",
        "/panier/ajouter",
        "/cart",
        "/add-to-cart/5",
        "/deconnexion",
        "/list?a=1&b=2&c=3",
        "/x.pdf",
    )
    assert paths(walked(Host({"/": shown("/", links(*acting, "/fine")), "*": shown("/fine", "")}))) == [
        "/",
        "/fine",
    ]


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_site_that_asks_for_a_pause_gets_it(status: str) -> None:
    busy = sends(http("later", status=status))
    site = walked(Host({"/": shown("/", links("/a", "/b", "/c")), "*": busy}))
    assert (len(site.pages), site.complete) == (2, False)
    assert site.note is not None
    assert (site.note.code, site.note.values["status"]) == ("run.busy", int(status[:3]))


def test_five_errors_in_a_row_end_the_walk() -> None:
    many = links(*(f"/{number}" for number in range(12)))
    site = walked(
        Host({"/": shown("/", many), "*": sends(http("broken", status="500 Internal Server Error"))})
    )
    assert site.note is not None
    assert (site.note.code, len(site.pages)) == ("run.errors", 6)


def test_three_clicks_and_no_further() -> None:
    chain = {f"/{n}" if n else "/": shown(str(n), links(f"/{n + 1}")) for n in range(8)}
    site = walked(Host(chain))
    assert [(path, one.depth) for path, one in zip(paths(site), site.pages, strict=True)] == [
        ("/", 0), ("/1", 1), ("/2", 2), ("/3", 3),
    ]  # fmt: skip
    assert [step.label for step in site.pages[3].trail] == ["Page /1", "Page /2", "Page /3"]


def test_a_site_without_end_is_left_at_the_budget() -> None:
    def calendar(connection: object, path: str) -> None:
        body = links(*(f"{path.rstrip('/')}/{number}" for number in range(300)))
        connection.sendall(http(page(f"{path}{TEXT}{body}")))  # type: ignore[attr-defined]

    site = walked(only(calendar))
    assert (len(site.pages), site.complete, site.note) == (20, False, None)


def test_a_pause_lies_between_two_requests() -> None:
    slept: list[float] = []
    host = Host(
        {"/": shown("/", links("/a", "/b")), "*": shown("/a", "")},
        sends(http("User-agent: *\nCrawl-delay: 30\n", kind="text/plain")),
    )
    with (
        trap({"shop": host}) as running,
        Fetcher(Limits(), allow_nets=ALLOWED, resolver=loopback_only) as fetcher,
    ):
        crawl(Visitor(fetcher, clock=lambda: 1000.0, sleep=slept.append), running.url("shop"))
    # robots.txt at once; then the delay it asks for, capped at ten seconds.
    assert [round(one, 3) for one in slept] == [0.0, 10.0, 10.0, 10.0]


def test_the_usual_pause_is_a_second() -> None:
    slept: list[float] = []
    with (
        trap({"shop": Host({"/": shown("/", links("/a")), "*": shown("/a", "")})}) as running,
        Fetcher(Limits(), allow_nets=ALLOWED, resolver=loopback_only) as fetcher,
    ):
        crawl(Visitor(fetcher, clock=lambda: 1000.0, sleep=slept.append), running.url("shop"))
    assert slept == [0.0, 1.0, 1.0]


def test_a_walk_ends_with_its_time() -> None:
    def slow(connection: object, path: str) -> None:
        time.sleep(0.15)
        connection.sendall(
            http(page(f"{path}{TEXT}{links(*(f'{path.rstrip(chr(47))}/{n}' for n in range(9)))}"))
        )  # type: ignore[attr-defined]

    site = walked(only(slow), Limits(delay=0, audit_seconds=1))
    assert site.note is not None
    assert site.note.code == "run.time_over"
    assert 2 <= len(site.pages) <= 8


def test_a_shop_made_by_its_scripts_is_not_judged() -> None:
    body = '<div id="app"></div><script src="/app.js"></script>' + f"<script>{'x=1;' * 2000}</script>"
    with trap({"shop": only(page(body))}) as running:
        outcome = run_probes(
            running.url("shop"), codes=PROBES, limits=QUICK, allow_nets=ALLOWED, resolver=loopback_only
        )
    assert outcome.note is not None
    assert outcome.note.code == "run.scripted"
    assert {one.status for one in outcome.proposals} == {ProposalStatus.UNKNOWN}


def test_deep_product_pages_are_met_within_the_budget() -> None:
    with serving("good") as shop, Fetcher(Limits(delay=0), allow_nets=("127.0.0.0/8",)) as fetcher:
        site = crawl(Visitor(fetcher), shop.url)
    assert len(site.pages) == 60
    assert sum(one.document is not None and one.document.is_product_page for one in site.pages) >= 10


SLOW_TEXTS = {
    "digits": "1" * 120_000,
    "groups": "111 " * 30_000,
    "amounts": "€ 111.111.111" * 9_000,
    "refund": "rembours" * 15_000,
    "refund words": "rembours aaa " * 9_000,
    "letters": "a" * 120_000,
    "mails": "a.a-a_" * 20_000 + "@",
    "registration": "siren " * 20_000,
    "vat": "fr12 " * 24_000,
    "mediator": "mediateur " * 12_000,
    "free": "offert " * 17_000,
    "days": "lundi " * 20_000,
    "copyright": "© " * 60_000,
    "phones": "01-1 " * 24_000,
    "brackets": "(" * 120_000,
    "accents": "é" * 120_000,
}


@pytest.mark.parametrize("name", SLOW_TEXTS)
def test_no_text_makes_the_probes_slow(name: str) -> None:
    """Patterns must not backtrack: each text stands on every page that they read."""
    names = ("Mentions légales", "Livraison", "Contact", "CGV", "Garantie", "Retours", "Partenaires")
    ways = "".join(f'<a href="/{place}">{label}</a>' for place, label in enumerate(names))
    buy = "<button>Ajouter au panier</button>"

    def behave(connection: object, path: str) -> None:
        connection.sendall(http(page(f"<p>{path}</p>{TEXT}{ways}{buy}{SLOW_TEXTS[name][:50_000]}")))  # type: ignore[attr-defined]

    with trap({"shop": only(behave)}) as running:
        before = time.thread_time()
        outcome = run_probes(
            running.url("shop"), codes=PROBES, limits=QUICK, allow_nets=ALLOWED, resolver=loopback_only
        )
    assert time.thread_time() - before < 8
    assert outcome.note is None
    assert [
        one.code for one in outcome.proposals if "run.probe_failed" in [why.code for why in one.because]
    ] == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://Example.com:80/a#b", "http://example.com/a"),
        ("https://example.com:443", "https://example.com/"),
        ("https://example.com:8443/x?y", "https://example.com:8443/x?y"),
        ("mailto:a@b.example", None),
        ("http://u:p@example.com/", None),
        ("http://example.com:99999/", None),
        ("//example.com/", None),
        ("http://[::1]/", "http://[::1]/"),
    ],
)
def test_addresses_have_one_spelling(url: str, expected: str | None) -> None:
    assert cleaned(url) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("www.shop.example.co.uk", "example.co.uk"),
        ("a.b.fr", "b.fr"),
        ("127.0.0.1", "127.0.0.1"),
        ("b.fr", "b.fr"),
    ],
)
def test_the_registered_domain(host: str, expected: str) -> None:
    assert registrable(host) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a", True),
        ("/a.PDF", False),
        ("/panier", False),
        ("/Déconnexion", False),
        ("/cartes", True),
        ("/x?a=1&b=2", True),
        ("/x?a=1&b=2&c=3", False),
    ],
)
def test_what_counts_as_a_page(path: str, expected: bool) -> None:
    assert is_page(f"http://shop.example{path}") is expected
