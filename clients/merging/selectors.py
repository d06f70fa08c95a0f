"""Two clients side by side, and what a merge moved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.utils.text import capfirst

from accounts.rules import Act
from clients.duplicates.words import sentences
from clients.labels import KINDS
from clients.merging.fields import differing, proposed
from clients.merging.undo import may_undo_until, merged_pair
from clients.models import Batch, Client, DuplicatePair
from clients.rules import ClientState


@dataclass(frozen=True)
class Choice:
    """One field of which the two differ; ``takes_loser`` is what a merge proposes."""

    name: str
    label: str
    survivor: str
    loser: str
    takes_loser: bool


@dataclass(frozen=True)
class Review:
    survivor: Client
    loser: Client
    choices: list[Choice]
    alike: list[tuple[str, str]]
    pair: DuplicatePair | None
    reasons: list[str]


def mergeable(user: Any, first: int, second: int) -> tuple[Client, Client] | None:
    """Both, when ``user`` may merge both; None tells nothing about which is missing."""
    rows = Client.objects.visible_to(user, act=Act.MERGE).filter(pk__in=[first, second])
    found = {client.pk: client for client in rows.select_related("owner", "team", "parent")}
    return (found[first], found[second]) if len(found) == 2 else None


def review(survivor: Client, loser: Client) -> Review:
    different = differing(survivor, loser)
    takes = proposed(survivor, loser)
    low, high = sorted((survivor.pk, loser.pk))
    pair = DuplicatePair.objects.filter(left_id=low, right_id=high).first()
    return Review(
        survivor=survivor, loser=loser,
        choices=[
            Choice(name, _label(name), _shown(survivor, name), _shown(loser, name), name in takes)
            for name in different
        ],
        alike=[
            (_label(name), _shown(survivor, name))
            for name in ("name", "email", "phone", "street", "postcode", "city", "registration_number")
            if name not in different and getattr(survivor, name)
        ],
        pair=pair, reasons=sentences(pair.reasons) if pair else [],
    )  # fmt: skip


def _label(name: str) -> str:
    return str(capfirst(str(Client._meta.get_field(name).verbose_name)))  # type: ignore[union-attr]


def _shown(client: Client, name: str) -> str:
    if name == "kind":
        return str(KINDS[client.kind])  # type: ignore[index]
    value = getattr(client, name)
    return "–" if value in (None, "") else str(value)


@dataclass(frozen=True)
class MergePage:
    batch: Batch
    survivor: Client | None  # None: a later merge or an erasure took it away
    loser_ref: str
    moved: list[tuple[str, int]]
    undo_until: datetime


def merge_page(user: Any, batch_id: int) -> MergePage | None:
    """A merge whose survivor the reader may merge; None for others, as for absent ones."""
    batch = Batch.objects.filter(pk=batch_id).select_related("by", "undone_by").first()
    pair = merged_pair(batch) if batch else None
    if batch is None or pair is None:
        return None
    survivor = Client.objects.visible_to(user, act=Act.MERGE).filter(pk=living(pair[0])).first()
    if survivor is None:
        return None
    moved = [(_model_name(label), count) for label, count in sorted(batch.counts.items())]
    return MergePage(batch, survivor, batch.label, moved, may_undo_until(batch))


def _model_name(label: str) -> str:
    return str(capfirst(str(apps.get_model(label)._meta.verbose_name_plural)))


def living(client_id: int) -> int:
    """The number of the client in which this one lives on; its own when it was not merged."""
    row = Client.objects.filter(pk=client_id, state=ClientState.MERGED.value)
    return row.values_list("merged_into_id", flat=True).first() or client_id
