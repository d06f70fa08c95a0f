"""Merging moves everything once, and its undo brings every table back row for row."""

from datetime import date, timedelta
from typing import Any

import pytest

from attention.services import freeze_lists
from clients.merging.joining import MergeRefused
from clients.merging.repointing import links_to
from clients.merging.services import merge_clients
from clients.merging.undo import UndoRefused, undo_merge
from clients.models import Batch, Change, Client, Interaction, Person, SociotypeResult
from clients.rules import BatchKind, ClientKind, ClientState
from clients.sociotypes.rules.instrument import Sociotype
from clients.sociotypes.rules.observed import TRAITS_OF, Certainty
from clients.sociotypes.rules.scoring import Channel
from clients.sociotypes.services.results import observe
from common.periods import IsoWeek
from jobs.models import Job
from kinetics.models import ClientIndicator
from kinetics.services import recompute_kinetics
from segmentation.services import classify_clients
from tests.clients.sociotypes.records import NO, PHILE, make_result
from tests.conftest import Cast
from tests.factories.records import make_client
from tests.hygiene.world import NOW, differing, fingerprint, make_twins, rollup

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 11, 19)


def merge(survivor: Client, loser: Client, cast: Cast, take: Any = ("email", "phone")) -> Batch:
    return merge_clients(survivor_id=survivor.pk, loser_id=loser.pk, take=take, by=cast.alice, now=NOW)


def test_all_children_are_the_survivors(cast: Cast) -> None:
    survivor, loser = make_twins(cast)
    batch = merge(survivor, loser, cast)
    survivor.refresh_from_db()
    loser.refresh_from_db()
    assert (survivor.email, survivor.phone, survivor.name) == (
        "zoe@mail.example",
        "03 21 00 00 01",
        "Zoé Ardent",
    )
    assert "zoe@mail.example" in survivor.search_text
    assert (loser.state, loser.merged_into, loser.ref) == (ClientState.MERGED, survivor, "L1")
    assert (survivor.orders.count(), loser.orders.count()) == (4, 0)
    assert (survivor.interactions.count(), survivor.tasks.count()) == (2, 2)
    assert sorted(survivor.tags.values_list("name", flat=True)) == ["both", "only L1", "only S1"]
    assert sorted(survivor.people.values_list("last_name", flat=True)) == ["Ardent", "Of L1", "Of S1"]
    me = survivor.people.get(is_client=True)
    assert (me.email, me.interactions.count(), me.headed_units.count()) == ("zoe@mail.example", 2, 2)
    assert batch.kind == BatchKind.MERGE
    assert batch.counts == {
        "clients.interaction": 2, "clients.task": 1, "clients.person": 1, "clients.client_tags": 1, "sales.order": 2,
    } | {"clients.interaction": 1}  # fmt: skip


def test_the_rollup_is_right_at_once(cast: Cast) -> None:
    survivor, loser = make_twins(cast)
    merge(survivor, loser, cast)
    assert rollup(loser) == []
    assert rollup(survivor) == [
        (date(2026, 1, 5), 1, 7_000, 3_000),
        (date(2026, 2, 2), 2, 18_000, 16_000),
        (date(2026, 3, 9), 1, 7_000, 3_000),
    ]


def test_indicators_follow_and_the_merged_is_computed_no_more(cast: Cast) -> None:
    survivor, loser = make_twins(cast)
    recompute_kinetics(as_of=AS_OF, now=NOW)
    merge(survivor, loser, cast)
    assert [job.key for job in Job.objects.filter(kind="night")] == [
        f"2026-11-19+merge-{Batch.objects.get().pk}"
    ]
    recompute_kinetics(as_of=AS_OF, now=NOW)
    segments = classify_clients(as_of=AS_OF, now=NOW)
    rows = ClientIndicator.objects.filter(run__state="published").values_list("client__ref", "revenue_cents")
    assert list(rows) == [("S1", 32_000)]
    assert segments.counts["clients"] == 1


@pytest.mark.parametrize("kind", list(ClientKind))
def test_undo_restores_every_table_row_for_row(kind: ClientKind, cast: Cast) -> None:
    survivor, loser = make_twins(cast, kind)
    recompute_kinetics(as_of=AS_OF, now=NOW)
    classify_clients(as_of=AS_OF, now=NOW)
    freeze_lists(week=IsoWeek.of(NOW.date()), now=NOW)
    before = fingerprint()
    batch = merge(survivor, loser, cast, take=["name", "email", "phone", "owner"])
    merged = fingerprint()
    assert {"clients.client", "clients.person", "sales.order", "sales.clientday"} <= set(
        differing(before, merged)
    )
    undo_merge(batch_id=batch.pk, by=cast.alice, now=NOW + timedelta(days=29))
    assert differing(before, fingerprint()) == []
    batch.refresh_from_db()
    assert (batch.undone_by, batch.undone_at) == (cast.alice, NOW + timedelta(days=29))


def test_a_chain_is_flat_and_undone_backwards(cast: Cast) -> None:
    survivor, loser = make_twins(cast)
    third = make_client(owner=cast.alice, ref="T1")
    before = fingerprint()
    first = merge(survivor, loser, cast)
    between = fingerprint()
    second = merge(third, survivor, cast)
    assert set(Client.objects.filter(merged_into=third).values_list("ref", flat=True)) == {"L1", "S1"}
    with pytest.raises(UndoRefused) as refusal:
        undo_merge(batch_id=first.pk, by=cast.alice, now=NOW)
    assert (refusal.value.code, refusal.value.model) == ("changed", Client)
    undo_merge(batch_id=second.pk, by=cast.alice, now=NOW)
    assert differing(between, fingerprint()) == []
    undo_merge(batch_id=first.pk, by=cast.alice, now=NOW)
    assert differing(before, fingerprint()) == []


def test_undo_is_refused_whole_when_something_was_built_upon_it(cast: Cast) -> None:
    survivor, loser = make_twins(cast)
    batch = merge(survivor, loser, cast)
    moved = Interaction.objects.get(summary__contains="lamp", pk__in=Change.objects.filter(
        batch=batch, model="clients.interaction").values("record_id"), client=survivor,
        person=survivor.people.get(is_client=True), pk__gt=0)  # fmt: skip
    moved.delete()
    merged = fingerprint()
    with pytest.raises(UndoRefused) as refusal:
        undo_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
    assert (refusal.value.code, refusal.value.model) == ("changed", Interaction)
    assert differing(merged, fingerprint()) == []


def test_undo_is_refused_after_thirty_days_and_twice(cast: Cast) -> None:
    survivor, loser = make_twins(cast)
    batch = merge(survivor, loser, cast)
    with pytest.raises(UndoRefused) as late:
        undo_merge(batch_id=batch.pk, by=cast.alice, now=NOW + timedelta(days=30, seconds=1))
    undo_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
    with pytest.raises(UndoRefused) as again:
        undo_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
    assert (late.value.code, again.value.code) == ("late", "done")


def test_what_is_no_longer_active_is_not_merged(cast: Cast) -> None:
    survivor, loser = make_twins(cast)
    merge(survivor, loser, cast)
    for one, other, code in (
        (survivor, loser, "not_active"),
        (loser, survivor, "not_active"),
        (loser, loser, "same"),
    ):
        with pytest.raises(MergeRefused) as refusal:
            merge(one, other, cast)
        assert refusal.value.code == code


def test_companies_above_and_below_make_no_circle(cast: Cast) -> None:
    top, survivor, middle, loser, below = (make_client(owner=cast.alice, ref=ref) for ref in "TSMLB")
    for client, parent in ((loser, top), (middle, loser), (survivor, middle), (below, loser)):
        Client.objects.filter(pk=client.pk).update(parent=parent)
    before = fingerprint()
    batch = merge(survivor, loser, cast, take=[])
    parents = dict(Client.objects.exclude(ref="L").values_list("ref", "parent__ref"))
    assert parents == {"T": None, "S": "T", "M": "S", "B": "S"}
    undo_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
    assert differing(before, fingerprint()) == []


def test_an_objection_of_either_is_kept(cast: Cast) -> None:
    survivor, loser = make_twins(cast)
    Person.objects.filter(client=loser, is_client=True).update(profiling_objected_at=NOW)
    merge(survivor, loser, cast)
    assert survivor.people.get(is_client=True).profiling_objected_at == NOW


def test_every_foreign_key_to_a_client_is_known_to_the_merge() -> None:
    """Found by ``_meta``; this list is to be looked at whenever it grows."""
    found = {f"{holder._meta.label_lower}.{field.name}" for holder, field in links_to(Client)}
    assert {
        "clients.person.client", "clients.interaction.client", "clients.task.client", "clients.client.parent",
        "clients.client.merged_into", "clients.unitmembership.client", "clients.client_tags.client",
        "clients.change.client", "sales.order.client", "attention.listline.client",
    } <= found  # fmt: skip
    assert {
        "segmentation.clientsegment.client",
        "sales.clientday.client",
        "kinetics.clientindicator.client",
    } & found == set()


# --- two sociotypes -------------------------------------------------------------------------------
JUNE, OCTOBER = date(2026, 6, 1), date(2026, 10, 1)
OBSERVED = {"channel": Channel.OBSERVED}


def typed_twins(cast: Cast, mine: dict[str, Any], theirs: dict[str, Any]) -> tuple[Client, Client]:
    """The survivor a technophile, the other a techno-no, answered as said."""
    survivor, loser = make_twins(cast)
    for client, answers, said in ((survivor, PHILE, mine), (loser, NO, theirs)):
        make_result(client.people.get(is_client=True), answers, **said)
    return survivor, loser


@pytest.mark.parametrize(
    ("mine", "theirs", "rules", "since"),
    [
        ({"day": JUNE}, {"day": OCTOBER}, "techno-no", OCTOBER),
        ({"day": OCTOBER}, {"day": JUNE}, "technophile", OCTOBER),
        ({"day": OCTOBER, **OBSERVED}, {"day": JUNE}, "techno-no", OCTOBER),
        ({"day": JUNE}, {"day": OCTOBER, **OBSERVED}, "technophile", OCTOBER),
        ({"day": JUNE, **OBSERVED}, {"day": OCTOBER, **OBSERVED}, "techno-no", OCTOBER),
        ({"day": date(2025, 1, 7)}, {"day": OCTOBER, **OBSERVED}, "techno-no", OCTOBER),  # the own answer is over
        ({"day": JUNE}, {"day": OCTOBER, "status": "incomplete", "type": ""}, "technophile", OCTOBER),
        ({"day": JUNE}, {"day": OCTOBER, "is_suspect": True}, "technophile", OCTOBER),
    ],
)  # fmt: skip
def test_the_newest_valid_answer_rules_and_undo_brings_both_back(
    mine: dict[str, Any], theirs: dict[str, Any], rules: str, since: date, cast: Cast
) -> None:
    survivor, loser = typed_twins(cast, mine, theirs)
    before = fingerprint()
    batch = merge(survivor, loser, cast)
    results = SociotypeResult.objects.filter(person=survivor.people.get(is_client=True))
    current = results.get(superseded_on__isnull=True)
    assert (current.type, results.get(superseded_on=since).pk != current.pk) == (rules, True)
    undo_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
    assert differing(before, fingerprint()) == []


def test_undo_is_refused_once_a_later_answer_came(cast: Cast) -> None:
    survivor, loser = typed_twins(cast, {"day": JUNE}, {"day": OCTOBER})
    batch = merge(survivor, loser, cast)
    person = survivor.people.get(is_client=True)
    traits = TRAITS_OF[Sociotype.TECHNONUL]
    SociotypeResult.objects.filter(person=person, superseded_on__isnull=True).update(channel="observed")
    observe(
        person=person,
        kind=Sociotype.TECHNONUL,
        certainty=Certainty.SURE,
        traits=traits,
        by=cast.alice,
        now=NOW,
    )
    with pytest.raises(UndoRefused) as refusal:
        undo_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
    assert (refusal.value.code, refusal.value.model) == ("changed", SociotypeResult)
