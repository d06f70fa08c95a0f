"""Nothing that a host sends or is named makes an audit dial inwards, read without end, crash, or judge."""

import json
import socket
import time
from collections.abc import Iterator

import pytest

from tests.trust_audit.hostile import (
    TEXT,
    Canary,
    Host,
    Trap,
    http,
    loopback_only,
    only,
    page,
    redirects,
    sends,
    trap,
)
from tests.trust_audit.hostile_pages import cases
from trust_audit.crawling.visitor import Visitor
from trust_audit.limits import Limits
from trust_audit.net import HEAD_BYTES, Failed, Fetcher, Refused
from trust_audit.probes import PROBES, ProposalStatus, run_probes

# Only this one address, so that 127.0.0.2 and ::1 stand for what is internal.
ALLOWED = ("127.0.0.1/32",)
TIGHT = Limits(
    delay=0, connect_seconds=1, read_seconds=0.5, page_seconds=0.7, audit_seconds=4, pages=12, foreign_pages=10
)  # fmt: skip
PAGES = cases()
BAITS = 8


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    bird = Canary()
    yield bird
    bird.close()


def inward(port: int) -> dict[str, str]:
    """Ways to write an address inside, none of which an audit may follow."""
    hosts = (
        "127.0.0.2", "127.2", "127.0.2", "2130706434", "0x7f000002", "0x7f.0.0.2", "0x7F.2", "0177.0.0.2", "017700000002",
        "127.0.0.2.", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.2]", "[::ffff:7f00:2]", "[::127.0.0.2]", "[::]",
        "[64:ff9b::7f00:2]", "[64:ff9b:1::7f00:2]", "[2002:7f00:2::]", "[2001:0:7f00:2::]", "[fe80::1]", "[fe80::1%25lo]",
        "[fc00::1]", "[fd00::1]", "[fec0::1]", "[ff02::1]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "0", "0.0.0.0",
        "169.254.169.254", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "127。0。0。2", "１２７.0.0.2", "①②⑦.0.0.2", "127%2e0%2e0%2e2", "u:p@127.0.0.2",
        "127.0.0.1@127.0.0.2", "127.0.0.2#@127.0.0.1",
    )  # fmt: skip
    return {f"inward-{place}": f"http://{host}:{port}/" for place, host in enumerate(hosts)} | {
        "inward-file": "file:///etc/passwd",
        "inward-ftp": f"ftp://127.0.0.2:{port}/",
        "inward-gopher": f"gopher://127.0.0.2:{port}/",
        "inward-data": "data:text/html,<p>x",
        "inward-script": "javascript:alert(1)",
        "inward-slashes": f"//127.0.0.2:{port}/",
        "inward-back": f"http:\\\\127.0.0.2:{port}\\",
        "inward-tls": f"https://127.0.0.2:{port}/",
        "inward-name": f"http://internal.example:{port}/",
    }


INWARD = sorted(inward(0))


@pytest.fixture(scope="module")
def server(canary: Canary) -> Iterator[Trap]:
    hosts = dict(PAGES)
    for name, target in inward(canary.port).items():
        hosts[name] = only(redirects(target))
        hosts[f"far-{name}"] = Host(
            {"/": redirects("/1"), "/1": redirects("/2", "301 Moved"), "*": redirects(target, "307 T")}
        )
    targets = list(inward(canary.port).values())
    for place in range(BAITS):
        hosts[f"bait-{place}"] = _bait(targets[place::BAITS])
    hosts["loop"] = only(redirects("/"))
    hosts["hops"] = Host({"/" if n == 0 else f"/{n}": redirects(f"/{n + 1}") for n in range(20)})
    hosts["rules"] = Host({"*": sends(http(page(TEXT)))}, redirects(f"http://127.0.0.2:{canary.port}/"))
    with trap(hosts) as running:
        yield running


def _bait(targets: list[str]) -> Host:
    """A site of five pages, all of whose ways out lead inside."""
    firm = {"@type": "Organization", "name": "X", "sameAs": targets, "url": targets[0]}
    trail = {
        "@type": "BreadcrumbList",
        "itemListElement": [{"item": one} for one in targets] + [{"item": "/"}],
    }
    data = "".join(f'<script type="application/ld+json">{json.dumps(one)}</script>' for one in (firm, trail))
    names = ("Mentions légales", "Nos partenaires", "Livraison", "Contact", "Conditions générales de vente")
    ways = "".join(f'<a href="/{place}">{name}</a>' for place, name in enumerate(names))
    words = ("mediateur", "avis", "contact", "label")
    out = "".join(f'<a href="{one}{word}">{word}</a>' for one in targets for word in words)
    loads = "".join(
        f'<img src="{one}"><script src="{one}"></script><iframe src="{one}"></iframe>' for one in targets
    )
    head = f'<meta http-equiv="refresh" content="0;url={targets[0]}"><link rel="canonical" href="{targets[0]}">{data}'

    def behave(connection: socket.socket, path: str) -> None:
        connection.sendall(http(page(f"<p>{path}</p>{TEXT}{ways}{out}{loads}", head)))

    return Host({"*": behave})


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_hostile_page_ends_soon_and_is_not_judged(server: Trap, canary: Canary, name: str) -> None:
    before = time.monotonic()
    outcome = run_probes(
        server.url(name), codes=PROBES, limits=TIGHT, allow_nets=ALLOWED, resolver=loopback_only
    )
    assert time.monotonic() - before < 30
    assert len(outcome.proposals) == len(PROBES)
    assert {(one.status, one.level) for one in outcome.proposals} == {(ProposalStatus.UNKNOWN, None)}
    assert [
        one.code for one in outcome.proposals if "run.probe_failed" in [why.code for why in one.because]
    ] == []
    assert all(one.because for one in outcome.proposals)
    assert outcome.note is not None
    # robots.txt and one page.
    assert outcome.bytes_read <= 2 * (TIGHT.page_bytes + HEAD_BYTES)
    assert canary.hits == 0


@pytest.mark.parametrize("name", INWARD)
def test_a_redirect_inside_is_refused(server: Trap, canary: Canary, name: str) -> None:
    for case in (name, f"far-{name}"):
        outcome = run_probes(
            server.url(case), codes=PROBES, limits=TIGHT, allow_nets=ALLOWED, resolver=loopback_only
        )
        assert {one.status for one in outcome.proposals} == {ProposalStatus.UNKNOWN}
        assert outcome.note is not None
        assert outcome.note.code.startswith("net.")
    assert canary.hits == 0


@pytest.mark.parametrize("place", range(BAITS))
def test_no_way_out_of_a_page_leads_inside(server: Trap, canary: Canary, place: int) -> None:
    outcome = run_probes(
        server.url(f"bait-{place}"), codes=PROBES, limits=TIGHT, allow_nets=ALLOWED, resolver=loopback_only
    )
    assert (outcome.pages >= 5, outcome.note, canary.hits) == (True, None, 0)


@pytest.mark.parametrize("target", sorted(inward(80)))
def test_the_address_itself_is_refused(target: str) -> None:
    url = inward(80)[target]
    with Fetcher(TIGHT, resolver=loopback_only) as fetcher, pytest.raises((Refused, Failed)):
        fetcher.fetch(url)
    assert fetcher.requests == 0


@pytest.mark.parametrize(
    ("name", "code"),
    [("loop", "net.redirects"), ("hops", "net.redirects"), ("rules", "net.robots_unreachable")],
)
def test_redirects_end(server: Trap, canary: Canary, name: str, code: str) -> None:
    outcome = run_probes(
        server.url(name), codes=["NAV-01"], limits=TIGHT, allow_nets=ALLOWED, resolver=loopback_only
    )
    assert outcome.note is not None
    assert (outcome.note.code, outcome.proposals[0].status) == (code, ProposalStatus.UNKNOWN)
    assert canary.hits == 0


@pytest.mark.parametrize(
    "name",
    ["endless", "endless-chunks", "bomb", "bomb-twice", "bomb-deflate", "title", "one-word"],
)
def test_a_body_is_cut_after_unpacking(server: Trap, name: str) -> None:
    limits = Limits(delay=0, page_bytes=2_000_000, page_seconds=8)
    with Fetcher(limits, allow_nets=ALLOWED, resolver=loopback_only) as fetcher:
        answer = fetcher.fetch(server.url(name))
    assert (len(answer.body), answer.cut) == (2_000_000, "size")


@pytest.mark.parametrize("name", ["drips", "drips-chunks", "stalls"])
def test_a_dripping_body_ends_with_the_page_s_time(server: Trap, name: str) -> None:
    before = time.monotonic()
    with Fetcher(TIGHT, allow_nets=ALLOWED, resolver=loopback_only) as fetcher:
        assert fetcher.fetch(server.url(name)).cut == "time"
    assert time.monotonic() - before < 3


def test_a_dripping_head_ends_with_the_page_s_time(server: Trap) -> None:
    before = time.monotonic()
    with (
        Fetcher(TIGHT, allow_nets=ALLOWED, resolver=loopback_only) as fetcher,
        pytest.raises(Failed) as caught,
    ):
        fetcher.fetch(server.url("head-drips"))
    assert (caught.value.code, time.monotonic() - before < 3) == ("net.timeout", True)


def test_links_survive_a_hundred_thousand_nested_tags(server: Trap) -> None:
    with Fetcher(TIGHT, allow_nets=ALLOWED, resolver=loopback_only) as fetcher:
        opened = Visitor(fetcher).open(server.url("nested-div"))
    assert [link.url for link in opened.doc.links] == [server.url("nested-div") + "x"]


def test_there_are_enough_cases() -> None:
    assert len(PAGES) + len(INWARD) >= 150


def test_a_second_answer_of_the_resolver_is_never_asked_for(canary: Canary) -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with trap({"shop": only(page(TEXT + '<a href="/a">a</a>'))}) as running:
        url = f"http://shop.example:{running.port}/"
        run_probes(url, codes=PROBES, limits=TIGHT, allow_nets=ALLOWED, resolver=rebinding)
        served = running.served
    assert (asked, served > 1, canary.hits) == (["shop.example"], True, 0)


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.2"], ["127.0.0.1", "127.0.0.2"], ["93.184.216.34", "127.0.0.2"], ["127.0.0.2", "93.184.216.34"],
        ["::1"], ["93.184.216.34", "::ffff:127.0.0.2"], ["64:ff9b::a9fe:a9fe"], ["2002:7f00:2::1"], ["2001:0:1::1"],
        ["169.254.169.254"], ["fe80::1%1"], [], ["not an address"], ["10.0.0.1"], ["0.0.0.0"],
    ],
)  # fmt: skip
def test_a_name_with_any_address_inside_is_refused(answer: list[str]) -> None:
    url = "http://shop.example/"
    outcome = run_probes(
        url, codes=PROBES, limits=TIGHT, allow_nets=ALLOWED, resolver=lambda host, port: answer
    )
    assert {one.status for one in outcome.proposals} == {ProposalStatus.UNKNOWN}
    assert outcome.note is not None
    assert outcome.note.code in ("net.refused_address", "net.no_address")
    assert outcome.bytes_read == 0


@pytest.mark.parametrize("port", [22, 25, 8080, 6379, 65535, 0])
def test_ports_other_than_the_usual_are_refused(port: int) -> None:
    with (
        Fetcher(TIGHT, resolver=lambda host, asked: ["93.184.216.34"]) as fetcher,
        pytest.raises(Refused) as caught,
    ):
        fetcher.checked(f"http://shop.example:{port}/")
    assert caught.value.code == "net.refused_port"


def test_a_resolver_that_hangs_is_left_behind() -> None:
    def hanging(host: str, port: int) -> list[str]:
        time.sleep(2)
        return ["127.0.0.1"]

    before = time.monotonic()
    outcome = run_probes(
        "http://shop.example/", codes=["NAV-01"], limits=Limits(connect_seconds=0.3), resolver=hanging
    )
    assert outcome.note is not None
    assert (outcome.note.code, time.monotonic() - before < 1.5) == ("net.timeout", True)


def test_nothing_but_get_and_head_is_sent() -> None:
    with (
        Fetcher(TIGHT, allow_nets=ALLOWED, resolver=loopback_only) as fetcher,
        pytest.raises(ValueError, match="never POST"),
    ):
        fetcher.fetch("http://a.localhost/", method="POST")
