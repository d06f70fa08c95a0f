"""What the migration is computed from: one row of facts per active client, as of a day."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from clients.personal.profiling import unprofiled_clients
from clients.sociotypes.selectors import client_types
from common import arrays
from common.arrays import spread
from sales.year import Year, years_of
from segmentation.models import SegmentationRun
from segmentation.registry import alerted_clients
from segmentation.rules.grid import SEGMENT_CODES, Segment
from segmentation.rules.stability import NONE
from segmentation.rules.waves import STEPS
from segmentation.selectors.runs import run_up_to

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Standing:
    """Active clients in order of id. ``year``: up to the day itself, ``before``: up to an earlier one; ``segment``: the playbook's position in ``SEGMENT_CODES``, ``NONE`` for
    none; ``type``: position of the sociotype acted by, −1 unknown; ``p`` NaN where unknown."""

    client_ids: Ints
    year: Year
    before: Year
    p: Floats
    known: Flags
    status: Ints
    type: Ints
    segment: Ints

    @property
    def revenue(self) -> Floats:
        """Net sales of the last 52 weeks; where more came back than was sold, nothing is at stake."""
        return np.maximum(self.year.rev, 0).astype(float)

    @property
    def athlete(self) -> Flags:
        return self.segment == SEGMENT_CODES.index(Segment.ATHLETE)


def standing_on(as_of: date, earlier: date) -> Standing:
    """Private clients who object to profiling have neither type nor playbook: totals count them as unknown."""
    types = client_types(as_of)
    segments = _segments(run_up_to(as_of), types.client_ids)
    refused = list(unprofiled_clients().values_list("client_id", flat=True))
    segments[np.isin(types.client_ids, np.array(refused, dtype=np.int64))] = NONE
    year, before = years_of((as_of, earlier), types.client_ids)
    return Standing(
        client_ids=types.client_ids, year=year, before=before, p=types.p, known=types.known, status=types.status,
        type=types.acts_as, segment=segments,
    )  # fmt: skip


def _segments(run: SegmentationRun | None, client_ids: Ints) -> Ints:
    found = np.full(len(client_ids), NONE, dtype=np.int64)
    if run is None:
        return found
    cases = " ".join(f"WHEN '{each.value}' THEN {code}" for code, each in enumerate(SEGMENT_CODES))
    played = "s.segment" if run.own_id is None else "o.playbook"
    rows = arrays.select(
        f"SELECT s.client_id, CASE {played} {cases} ELSE {NONE} END AS code FROM segmentation_clientsegment s"
        f" LEFT JOIN segmentation_ownsegment o ON o.id = s.own_id WHERE s.run_id = {run.pk:d}",
        ("client_id", "code"),
    )
    return spread(client_ids, rows["client_id"], rows["code"], NONE)


@dataclass(frozen=True)
class Escort:
    """What people did and know of the clients' way online. ``hours`` is NaN where nobody said."""

    steps: Ints
    volunteer: Flags
    ambassador: Flags
    hours: Floats
    sector: Ints
    alert: Flags

    @property
    def steps_done(self) -> Floats:
        bits = ((self.steps[:, None] >> np.arange(len(STEPS))) & 1).sum(axis=1)
        return np.asarray(bits, dtype=float)


def escort_on(as_of: date, client_ids: Ints) -> Escort:
    bits = " ".join(f"WHEN '{step.value}' THEN {1 << bit}" for bit, step in enumerate(STEPS))
    steps = arrays.select(
        f"SELECT client_id, SUM(CASE step {bits} END) AS done FROM segmentation_accompanimentstep"
        f" WHERE done_on <= '{as_of.isoformat()}' GROUP BY client_id",
        ("client_id", "done"),
    )
    facts = arrays.select(
        "SELECT client_id, CASE WHEN is_volunteer THEN 1 ELSE 0 END AS volunteer,"
        " CASE WHEN is_ambassador THEN 1 ELSE 0 END AS ambassador,"
        " COALESCE(CAST(ROUND(hours * 10) AS bigint), -1) AS tenths FROM segmentation_migrationfacts",
        ("client_id", "volunteer", "ambassador", "tenths"),
    )
    teams = arrays.select(
        "SELECT id AS client_id, team_id FROM clients_client WHERE team_id IS NOT NULL",
        ("client_id", "team_id"),
    )
    tenths = spread(client_ids, facts["client_id"], facts["tenths"], -1)
    return Escort(
        steps=spread(client_ids, steps["client_id"], steps["done"]),
        volunteer=spread(client_ids, facts["client_id"], facts["volunteer"]) == 1,
        ambassador=spread(client_ids, facts["client_id"], facts["ambassador"]) == 1,
        hours=np.where(tenths > 0, tenths / 10, np.nan),
        sector=spread(client_ids, teams["client_id"], teams["team_id"]),
        alert=np.isin(client_ids, alerted_clients(as_of)),
    )
