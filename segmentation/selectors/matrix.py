"""The matrix as pages show it: whole as stored, or summed over the rows a reader may see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum

from accounts.rights import sees_all
from clients.models import Client
from clients.personal.profiling import is_profiled_client, profiled_q, withheld_q
from common.prepared import prepared
from segmentation.models import ClientCell, MatrixReference, MatrixRun
from segmentation.rules.matrix import CELLS, Cell
from segmentation.selectors.buckets import first_online_day


@dataclass(frozen=True)
class ReferenceDays:
    """``is_automatic``: nobody has said them; they are the day of the first order online, if there is one."""

    online_began_on: date | None
    new_since: date | None
    is_automatic: bool


def reference_days() -> ReferenceDays:
    said = MatrixReference.objects.order_by("-pk").first()
    if said is not None:
        return ReferenceDays(said.online_began_on, said.new_since, False)
    first = first_online_day()
    return ReferenceDays(first, first, True)


def matrix_run(as_of: date | None = None) -> MatrixRun | None:
    """The newest stored matrix, or that of a day."""
    runs = MatrixRun.objects.filter(published=True)
    if as_of is not None:
        runs = runs.filter(as_of=as_of)
    return runs.order_by("-as_of").first()


@dataclass(frozen=True)
class CellSum:
    clients: int = 0
    revenue_cents: int = 0
    costed_cents: int = 0
    margin_cents: int = 0

    @property
    def margin_rate(self) -> float | None:
        return self.margin_cents / self.costed_cents if self.costed_cents > 0 else None

    def plus(self, row: Mapping[str, Any]) -> "CellSum":
        return CellSum(
            self.clients + row["clients"], self.revenue_cents + row["revenue"],
            self.costed_cents + row["costed"], self.margin_cents + row["margin"],
        )  # fmt: skip


@dataclass(frozen=True)
class Flow:
    before: Cell
    after: Cell
    clients: int
    revenue_cents: int


@dataclass(frozen=True)
class MatrixPage:
    """Sums per cell, and per cell by segment and by type. ``withheld``: private clients who object to profiling; they
    are in no cell, so that every number is that of the list behind it, and in no list."""

    run: MatrixRun
    cells: Mapping[Cell, CellSum]
    whys: Sequence[tuple[str, int, int]]
    by_segment: Mapping[str, Mapping[Cell, CellSum]]
    by_type: Mapping[int, Mapping[Cell, CellSum]]
    flows: Sequence[Flow]
    since: date | None
    withheld: CellSum

    @property
    def clients(self) -> int:
        return sum(each.clients for each in self.cells.values())

    @property
    def revenue_cents(self) -> int:
        return sum(each.revenue_cents for each in self.cells.values())


def matrix_page(run: MatrixRun, user: Any) -> MatrixPage:
    seen = ClientCell.objects.filter(run=run).visible_to(user)
    withheld = _grouped_sums(seen.filter(withheld_q()), *_SPLIT, "cell_before")
    if sees_all(user):
        rows = _less(run.results["cells"], withheld, _SPLIT)
        before = [row | {"from": row["cell_before"], "to": row["cell"]} for row in withheld]
        flows = _less(run.results["flows"], before, ("from", "to"))
    else:
        rows = _grouped_sums(seen.filter(profiled_q()), *_SPLIT)
        flows = _visible_flows(seen.filter(profiled_q()))
    since = run.results.get("since")
    return MatrixPage(
        run=run,
        cells=_by_cell(rows),
        whys=_whys(rows),
        by_segment={key: _by_cell(part) for key, part in _grouped(rows, "segment").items()},
        by_type={key: _by_cell(part) for key, part in _grouped(rows, "type").items()},
        flows=[Flow(Cell(row["from"]), Cell(row["to"]), row["clients"], row["revenue"]) for row in flows],
        since=date.fromisoformat(since) if since else None,
        withheld=_summed(withheld),
    )


_SPLIT = ("cell", "why", "segment", "type")
_SUMS = ("clients", "revenue", "costed", "margin")


def _grouped_sums(rows: QuerySet[ClientCell], *keys: str) -> list[dict[str, Any]]:
    found = rows.values(*keys).annotate(
        clients=Count("client_id"), revenue=Sum("revenue_cents"), costed=Sum("costed_cents"), margin=Sum("margin_cents")
    )  # fmt: skip
    return list(found.order_by(*keys))


def _less(
    rows: Iterable[Mapping[str, Any]], withheld: Iterable[Mapping[str, Any]], keys: Sequence[str]
) -> list[dict[str, Any]]:
    """The night's sums without those clients; what is empty then is left out."""
    found = {tuple(row[key] for key in keys): dict(row) for row in rows}
    for row in withheld:
        # The night has counted all there are; a client moved by hand since then is in no sum to take it from.
        if whole := found.get(tuple(row[key] for key in keys)):
            whole |= {name: whole[name] - row[name] for name in _SUMS if name in whole}
    return [row for row in found.values() if row["clients"] > 0]


def _summed(rows: Iterable[Mapping[str, Any]]) -> CellSum:
    found = CellSum()
    for row in rows:
        found = found.plus(row)
    return found


def _visible_flows(rows: QuerySet[ClientCell]) -> list[dict[str, Any]]:
    found = rows.values("cell", "cell_before").annotate(
        clients=Count("client_id"), revenue=Sum("revenue_cents")
    )
    order = {cell.value: number for number, cell in enumerate(CELLS)}
    flows = [{"from": row["cell_before"], "to": row["cell"], **row} for row in found]
    return sorted(flows, key=lambda row: (order[row["from"]], order[row["to"]]))


def _by_cell(rows: Iterable[Mapping[str, Any]]) -> dict[Cell, CellSum]:
    sums = dict.fromkeys(CELLS, CellSum())
    for row in rows:
        sums[Cell(row["cell"])] = sums[Cell(row["cell"])].plus(row)
    return sums


def _grouped(rows: Iterable[Mapping[str, Any]], key: str) -> dict[Any, list[Mapping[str, Any]]]:
    found: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[key], []).append(row)
    return found


def _whys(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, int, int]]:
    """Why cells are unknown: clients and revenue, most clients first."""
    sums: dict[str, CellSum] = {}
    for row in rows:
        if row["why"]:
            sums[row["why"]] = sums.get(row["why"], CellSum()).plus(row)
    found = [(why, each.clients, each.revenue_cents) for why, each in sums.items()]
    return sorted(found, key=lambda one: (-one[1], one[0]))


@dataclass(frozen=True)
class PathStep:
    as_of: date
    cell: str
    label: str
    why: str


def path_of(client: Client) -> list[PathStep]:
    """The client's cells through the stored matrices, newest first, one step per change; none for a private
    client who objects to profiling."""
    return steps_through(client) if is_profiled_client(client) else []


def steps_through(client: Client) -> list[PathStep]:
    """The same, of a client who is known to be profiled."""
    steps: list[PathStep] = []
    for row in _cells(client.pk):
        since = row.run.results.get("since")
        if not steps and since:
            steps.append(_step(date.fromisoformat(since), row.cell_before, "", row))
        if not steps or steps[-1].cell != row.cell:
            steps.append(_step(row.run.as_of, row.cell, row.why, row))
    return steps[::-1]


@prepared
def _cells(client: int) -> QuerySet[ClientCell]:
    rows = ClientCell.objects.filter(client=client, run__published=True).select_related("run")
    return rows.order_by("run__as_of")


def _step(day: date, cell: str, why: str, row: ClientCell) -> PathStep:
    labels = dict(ClientCell._meta.get_field("cell").flatchoices)  # type: ignore[union-attr]
    return PathStep(day, cell, str(labels[cell]), str(row.get_why_display()) if why else "")
