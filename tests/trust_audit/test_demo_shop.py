"""The three variants of the demo shop: every probe finds what was planted, and nothing more."""

from dataclasses import dataclass

import pytest
from django.utils import translation

from common.wording import explain
from trust_audit.demo_shop import Variant, serving
from trust_audit.demo_shop.facts import HINTING, PLANTED, PROPOSING
from trust_audit.demo_shop.server import Request
from trust_audit.probes import PROBES, Limits, ProbeOutcome, Proposal, ProposalStatus, run_probes
from trust_audit.probes.labels import REASONS

LOOPBACK = ("127.0.0.0/8",)
QUICK = Limits(delay=0)


@dataclass(frozen=True)
class Audited:
    outcome: ProbeOutcome
    requests: tuple[Request, ...]
    proposals: dict[str, Proposal]


def _audit(variant: Variant) -> Audited:
    with serving(variant, tls=True) as shop:
        outcome = run_probes(shop.url, codes=PROBES, limits=QUICK, allow_nets=LOOPBACK, ca_file=shop.ca_file)
        return Audited(outcome, tuple(shop.requests), {one.code: one for one in outcome.proposals})


@pytest.fixture(scope="module")
def audits() -> dict[Variant, Audited]:
    return {variant: _audit(variant) for variant in Variant}


EVERY = [(variant, code) for variant in Variant for code in (*PROPOSING, *HINTING)]


def test_the_method_s_automatic_criteria_have_their_probe() -> None:
    assert {code for code, probe in PROBES.items() if probe.proposes} == set(PROPOSING)
    assert {code for code, probe in PROBES.items() if not probe.proposes} == set(HINTING)
    assert (len(PROPOSING), len(HINTING)) == (18, 20)
    assert all(set(PLANTED[variant]) == set(PROBES) for variant in Variant)


@pytest.mark.parametrize(("variant", "code"), EVERY)
def test_the_probe_finds_what_was_planted(
    audits: dict[Variant, Audited], variant: Variant, code: str
) -> None:
    proposal, planted = audits[variant].proposals[code], PLANTED[variant][code]
    expected = ProposalStatus.HINT if planted.level is None else ProposalStatus.PROPOSED
    assert (proposal.status, proposal.level) == (expected, planted.level)
    assert sorted(proposal.facts["alarms"]) == sorted(planted.alarms)


@pytest.mark.parametrize("code", [*PROPOSING, *HINTING])
def test_the_good_shop_raises_no_alarm(audits: dict[Variant, Audited], code: str) -> None:
    assert audits[Variant.GOOD].proposals[code].facts["alarms"] == []


@pytest.mark.parametrize("variant", Variant)
def test_a_finding_carries_its_evidence(audits: dict[Variant, Audited], variant: Variant) -> None:
    bare = [
        one.code
        for one in audits[variant].proposals.values()
        if not (one.because and one.urls and one.excerpt and len(one.sha256) == 64)
    ]
    too_long = [one.code for one in audits[variant].proposals.values() if len(one.excerpt) > 4000]
    assert (bare, too_long) == ([], [])


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("variant", Variant)
def test_every_reason_reads_as_a_sentence(
    audits: dict[Variant, Audited], variant: Variant, language: str
) -> None:
    with translation.override(language):
        sentences = [
            explain(reason, REASONS) for one in audits[variant].proposals.values() for reason in one.because
        ]
    assert [sentence for sentence in sentences if not sentence.endswith(".") or "%(" in sentence] == []
    assert len(sentences) > 50


@pytest.mark.parametrize("variant", Variant)
def test_only_get_and_head_without_cookies_and_nothing_that_acts(
    audits: dict[Variant, Audited], variant: Variant
) -> None:
    requests = audits[variant].requests
    assert {one.method for one in requests} <= {"GET", "HEAD"}
    assert {one.cookie for one in requests} == {""}
    assert [one.path for one in requests if one.path.startswith("/panier")] == []
    assert all(one.host == "127.0.0.1" or one.host.endswith(".localhost") for one in requests)


@pytest.mark.parametrize("variant", Variant)
def test_budgets_are_kept(audits: dict[Variant, Audited], variant: Variant) -> None:
    outcome = audits[variant].outcome
    assert outcome.pages <= 60
    assert outcome.note is None


def test_the_same_seed_meets_the_same_pages() -> None:
    with serving(Variant.GOOD) as shop:
        seen = []
        for seed in (1, 1, 2):
            run_probes(shop.url, codes=["NAV-02"], limits=QUICK, allow_nets=LOOPBACK, seed=seed)
            seen.append([one.path for one in shop.requests])
            shop.requests.clear()
    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


def test_progress_counts_every_page() -> None:
    told: list[tuple[int, int]] = []
    with serving(Variant.MEDIOCRE) as shop:
        run_probes(
            shop.url,
            codes=["NAV-02"],
            limits=Limits(delay=0, pages=10),
            allow_nets=LOOPBACK,
            progress=lambda done, total: told.append((done, total)),
        )
    assert told == [(number, 10) for number in range(1, 11)]


def test_a_shop_on_plain_loopback_has_no_certificate_to_judge() -> None:
    with serving(Variant.GOOD) as shop:
        outcome = run_probes(shop.url, codes=["TEC-01"], limits=QUICK, allow_nets=LOOPBACK)
    only = outcome.proposals[0]
    assert (only.status, only.level, [one.code for one in only.because]) == (
        ProposalStatus.UNKNOWN, None, ["tls.local"],
    )  # fmt: skip


def test_without_the_setting_loopback_is_not_dialled() -> None:
    with serving(Variant.GOOD) as shop:
        outcome = run_probes(shop.url, codes=PROBES, limits=QUICK)
        assert shop.requests == []
    assert {one.status for one in outcome.proposals} == {ProposalStatus.UNKNOWN}
    assert outcome.note is not None
    assert outcome.note.code == "net.refused_address"


@pytest.mark.parametrize(
    ("certificate", "level", "alarms"),
    [
        ("valid", 4, []),
        ("soon", 3, ["tls.soon"]),
        ("expired", 0, ["tls.expired"]),
        ("self-signed", 0, ["tls.self_signed"]),
        ("wrong host", 0, ["tls.wrong_host"]),
    ],
)
def test_certificates(certificate: str, level: int, alarms: list[str]) -> None:
    with serving(Variant.GOOD, tls=True, certificate=certificate) as shop:
        outcome = run_probes(
            shop.url,
            codes=["TEC-01"],
            limits=Limits(delay=0, pages=4),
            allow_nets=LOOPBACK,
            ca_file=shop.ca_file,
        )
    only = outcome.proposals[0]
    assert (only.level, only.facts["alarms"]) == (level, alarms)


def test_an_authority_that_is_not_trusted() -> None:
    with serving(Variant.GOOD, tls=True) as shop:
        outcome = run_probes(shop.url, codes=["TEC-01"], limits=Limits(delay=0, pages=4), allow_nets=LOOPBACK)
    assert (outcome.proposals[0].level, outcome.proposals[0].facts["alarms"]) == (0, ["tls.untrusted"])
