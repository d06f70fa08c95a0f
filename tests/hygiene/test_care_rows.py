"""Clients with a row in every table of care: merged, merged and undone, erased."""

from datetime import date
from typing import Any

import pytest

from clients.merging.undo import undo_merge
from clients.models import AnswerSheet, Client, ItemAnswer, Person, SociotypeResult
from clients.rules import ClientKind
from clients.sociotypes.rules.instrument import CURRENT
from segmentation.models import (
    AccompanimentStep,
    ClientCell,
    ClientReadiness,
    ClientSegment,
    DilemmaDiagnosis,
    MigrationFacts,
    OwnMember,
    OwnSegment,
    OwnSegmentation,
    PlayedStep,
    ReadinessRun,
    SegmentationRun,
    SegmentEvent,
)
from segmentation.rules.own import Method
from segmentation.rules.playbooks import Diagnosis
from segmentation.rules.waves import Step
from segmentation.services import classify_clients
from segmentation.services.matrix import compute_matrix
from segmentation.services.readiness import compute_readiness
from tests.clients.sociotypes.records import MOUTON, NUL, make_invitation, make_result
from tests.conftest import Cast
from tests.hygiene.test_erasing import erase
from tests.hygiene.test_merging import merge
from tests.hygiene.world import NOW, differing, fingerprint, make_twins

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 11, 19)
NOTED = (AccompanimentStep, MigrationFacts, PlayedStep, DilemmaDiagnosis, OwnMember)
ANSWERED = (AnswerSheet, ItemAnswer, SociotypeResult)


def note(client: Client, own: OwnSegment, cast: Cast, steps: list[Step], answers: list[Any]) -> None:
    by = cast.alice
    for step in steps:
        AccompanimentStep.objects.create(
            client=client, step=step.value, done_on=AS_OF, by=by, recorded_at=NOW
        )
    MigrationFacts.objects.create(client=client, is_ambassador=True, changed_at=NOW, changed_by=by)
    PlayedStep.objects.create(client=client, segment="whale", stage=0, step=len(steps), done_on=AS_OF, by=by)
    DilemmaDiagnosis.objects.create(
        client=client, diagnosis=Diagnosis.IMMATURE.value, target="whale", made_on=AS_OF, by=by
    )
    OwnMember.objects.create(segmentation=own.segmentation, segment=own, client=client)
    person = client.people.order_by("pk").first()
    assert person is not None
    make_result(person, answers, AS_OF)
    sheet = AnswerSheet.objects.create(
        person=person, invitation=make_invitation(person, NOW), channel="self", instrument=CURRENT.name,
        version=CURRENT.version, language="fr", started_at=NOW, saved_at=NOW,
    )  # fmt: skip
    ItemAnswer.objects.create(sheet=sheet, item=CURRENT.items[0].key, value=3, answered_at=NOW)


def night() -> None:
    classify_clients(as_of=AS_OF, now=NOW)
    compute_readiness(as_of=AS_OF, now=NOW)
    compute_matrix(as_of=AS_OF, now=NOW)


@pytest.fixture(params=list(ClientKind))
def twins(request: Any, cast: Cast) -> tuple[Client, Client]:
    survivor, loser = make_twins(cast, request.param)
    own = OwnSegmentation.objects.create(
        name="House", method=Method.IMPORTED.value, created_at=NOW, changed_at=NOW
    )
    segment = OwnSegment.objects.create(segmentation=own, code="K", name="Key accounts")
    note(survivor, segment, cast, [Step.AWARENESS], MOUTON)
    note(loser, segment, cast, [Step.AWARENESS, Step.INFORMATION], NUL)
    night()
    SegmentEvent.objects.create(
        client=loser, as_of=AS_OF, before="whale", after="athlete", cause="value", revenue_cents=1, at=NOW,
        thresholds=SegmentationRun.objects.get().thresholds, rule_version="x",
    )  # fmt: skip
    return survivor, loser


def of(client: Client, model: Any) -> int:
    path = {
        AnswerSheet: "person__client",
        ItemAnswer: "sheet__person__client",
        SociotypeResult: "person__client",
    }
    return int(model.objects.filter(**{path.get(model, "client"): client}).count())


def test_a_merge_keeps_what_both_had_and_undo_brings_it_back(
    twins: tuple[Client, Client], cast: Cast
) -> None:
    survivor, loser = twins
    before = fingerprint()
    batch = merge(survivor, loser, cast)
    steps = AccompanimentStep.objects.filter(client=survivor).values_list("step", flat=True)
    assert set(steps) == {Step.AWARENESS, Step.INFORMATION}  # the one both had counts once
    assert [of(survivor, model) for model in NOTED] == [2, 1, 2, 1, 1]
    assert [of(survivor, model) for model in ANSWERED] == [2, 2, 2]
    # Two records of one person: one type is in force, the other is its history.
    in_force = SociotypeResult.objects.filter(person__client=survivor, superseded_on__isnull=True)
    assert in_force.count() == (1 if survivor.kind == ClientKind.PERSON else 2)
    assert (of(survivor, SegmentEvent), of(loser, SegmentEvent)) == (0, 1)
    night()
    for model in (ClientReadiness, ClientCell, ClientSegment):
        there = model.objects.filter(run__published=True, client__in=[survivor, loser])
        assert list(there.values_list("client_id", flat=True)) == [survivor.pk]
    row = ClientReadiness.objects.get(run__published=True, client=survivor)
    assert row.steps == 0b11
    undo_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
    results = {
        "clientreadiness",
        "clientcell",
        "clientsegment",
        "readinessrun",
        "matrixrun",
        "segmentationrun",
        "segmentevent",
    }
    changed = {name.split(".")[1] for name in differing(before, fingerprint())}
    assert changed <= results  # of the night in between
    night()
    assert [of(client, ClientReadiness) > 0 for client in twins] == [True, True]


def test_undo_at_once_restores_every_row(twins: tuple[Client, Client], cast: Cast) -> None:
    before = fingerprint()
    batch = merge(*twins, cast)
    undo_merge(batch_id=batch.pk, by=cast.alice, now=NOW)
    assert differing(before, fingerprint()) == []


def test_an_erasure_takes_what_was_said_and_keeps_the_sums(twins: tuple[Client, Client], cast: Cast) -> None:
    survivor, loser = twins
    if survivor.kind != ClientKind.PERSON:
        person = survivor.people.order_by("pk").first()
        assert person is not None
        Client.objects.filter(pk=survivor.pk).update(kind=ClientKind.PERSON.value)
        Person.objects.filter(pk=person.pk).update(is_client=True)
    run = ReadinessRun.objects.get(published=True)
    sums = run.results
    erase(survivor.ref, by=cast.anne)
    assert [of(survivor, model) for model in (*NOTED, *ANSWERED, ClientReadiness, ClientCell)] == [0] * 10
    assert [of(loser, model) for model in (*NOTED, *ANSWERED)] == [2, 1, 1, 1, 1, 1, 1, 1]
    run.refresh_from_db()
    assert run.results == sums
    assert of(survivor, ClientSegment) == 1  # revenue and margin alone, without a name
