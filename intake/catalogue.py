"""What the pages and commands ask of a kind, be it of records or of orders."""

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Columns
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise

from accounts.rights import may, reach
from accounts.rules import Act, Reach
from common.reading.conventions import folded, guess_columns
from common.reading.shapes import Mapping, Shape
from intake import reading
from intake.fields import FieldSpec
from intake.importing import words_of
from intake.kinds import RECORD_KINDS
from intake.kinds.base import labels_of
from intake.labels import KIND_TEXTS, KINDS
from intake.presets import PRESETS, SIGNS
from intake.rules import Code, Kind, Problem
from sales import importing as sales_importing
from sales import presets as sales_presets
from sales.labels import FIELDS as ORDER_LABELS
from sales.labels import REJECTS
from sales.rules import Field as OrderField
from sales.rules import Mapping as OrderMapping
from sales.rules import Reject

_NUMBERS = ("amount", "quantity", "unit_price", "cost", "refunded", "discount", "subtotal")
# The columns that a reason of sales concerns.
_CONCERNS = {
    Reject.CLIENT_MISSING: ("client",), Reject.DAY_MISSING: ("day",), Reject.DAY_UNREADABLE: ("day",),
    Reject.DAY_OUT_OF_RANGE: ("day",), Reject.DAY_IN_FUTURE: ("day",), Reject.NUMBER_MISSING: _NUMBERS,
    Reject.NUMBER_UNREADABLE: _NUMBERS, Reject.NUMBER_OUT_OF_RANGE: _NUMBERS, Reject.ORDER_MISSING: ("order",),
    Reject.CURRENCY_UNKNOWN: ("currency",), Reject.CHANNEL_UNKNOWN: ("channel",),
    Reject.ORDER_OF_OTHER_CLIENT: ("order",), Reject.DISCOUNT_NOT_SPREAD: ("discount",),
}  # fmt: skip
_ORDER_SAMPLE = (
    {"client": "C-1001", "client_name": "Laiterie du Val", "order": "O-2001", "day": "2026-10-05", "product": "FR-101",
     "product_name": "Comté 18 mois, 250 g", "category": "Cheese", "quantity": "12", "unit_price": "4.90",
     "channel": "online"},
    {"client": "C-1003", "client_name": "Nora Delattre", "order": "O-2002", "day": "2026-10-06", "amount": "19.80",
     "channel": "offline"},
)  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """A kind as people meet it."""

    kind: Kind
    fields: tuple[FieldSpec, ...]
    sample: Sequence[Columns[str, str]]
    presets: Columns[str, Mapping]
    usual: Callable[[], Columns[str, Sequence[str]]]
    missing: Callable[[Columns[str, str]], list[str]]
    asks_basis: bool = False
    asks_owner: bool = False
    asks_mode: bool = True
    for_all: bool = False

    @property
    def label(self) -> str | Promise:
        return KINDS[self.kind]

    @property
    def text(self) -> str | Promise:
        return KIND_TEXTS[self.kind]

    def label_of(self, field: str) -> str:
        return next((str(spec.label) for spec in self.fields if spec.name == field), "")

    def fitting(self, header: Sequence[str]) -> dict[str, Mapping]:
        """Presets whose needed columns and most others the header has, cut to those it has."""
        by_name = {name.casefold(): name for name in reversed(header) if name}
        found = {}
        for name, preset in self.presets.items():
            if SIGNS.get(name, "").casefold() not in {"", *by_name}:
                continue
            read = reading.columns_read(preset)
            here = {
                field: by_name[column.casefold()]
                for field, column in read.items()
                if column.casefold() in by_name
            }
            kept = here | {field: f"={text}" for field, text in reading.values_said(preset).items()}
            if len(here) > 1 and len(here) >= 0.6 * len(read) and not self.missing(kept):
                found[name] = replace(preset, columns=kept)
        return found

    def guess(self, header: Sequence[str]) -> Mapping:
        return Mapping(guess_columns(header, self.usual()))

    def sample_table(self) -> tuple[list[str], list[list[str]]]:
        """A small file of this kind: labels as header, a few invented rows."""
        used = [spec for spec in self.fields if any(spec.name in row for row in self.sample)]
        rows = [[row.get(spec.name, "") for spec in used] for row in self.sample]
        return [str(spec.label) for spec in used], rows


def _records(kind: Kind) -> Offer:
    spec = RECORD_KINDS[kind]
    return Offer(
        kind, spec.fields, spec.sample, PRESETS.get(kind, {}), spec.usual_names, spec.missing,
        asks_basis=spec.asks_basis, asks_owner=kind == Kind.CLIENTS, for_all=spec.for_all,
    )  # fmt: skip


def _no_reading(cell: Any, given: Any) -> Any:
    raise NotImplementedError  # orders are read by sales


def _order_fields() -> tuple[FieldSpec, ...]:
    return tuple(
        FieldSpec(field.value, label, _no_reading, required=field in (OrderField.CLIENT, OrderField.DAY))
        for field, label in ORDER_LABELS.items()
    )


def _order_names() -> dict[str, Sequence[str]]:
    return {
        field.value: (*labels_of(ORDER_LABELS[field]), *names)
        for field, names in sales_presets.USUAL_NAMES.items()
    }  # fmt: skip


def _order_missing(columns: Columns[str, str]) -> list[str]:
    return OrderMapping(dict(columns)).missing()


ORDERS = Offer(
    Kind.ORDERS, _order_fields(), _ORDER_SAMPLE,
    {**sales_presets.PRESETS, **PRESETS[Kind.ORDERS]}, _order_names, _order_missing, asks_owner=True, asks_mode=False,
)  # fmt: skip
OFFERS: dict[Kind, Offer] = {kind: ORDERS if kind == Kind.ORDERS else _records(kind) for kind in Kind}


def offers_for(user: Any) -> list[Offer]:
    """Kinds that this person may import, in the order a portfolio is built up."""
    if not may(user, Act.IMPORT):
        return []
    everything = reach(user, Act.IMPORT) == Reach.ALL
    return [offer for offer in OFFERS.values() if everything or not offer.for_all]


def preview(
    offer: Offer, path: Path, name: str, mapping: Mapping, *, user: Any, today: date, zone: tzinfo
) -> reading.Preview:
    """The head of the file read by the mapping. Raises ``FileRefused``."""
    if offer.kind != Kind.ORDERS:
        return reading.preview(
            path, name, mapping, RECORD_KINDS[offer.kind], user=user, today=today, zone=zone
        )
    order_mapping = OrderMapping(**mapping.as_json())
    seen = sales_importing.preview(path, name, order_mapping, today=today)
    rows = [_order_row(row, mapping, seen.header) for row in seen.rows]
    rejected = {Problem(reason.value): count for reason, count in seen.rejected.items()}
    return reading.Preview(seen.header, rows, seen.read, rejected, seen.described)


def _order_row(row: sales_importing.PreviewRow, mapping: Mapping, header: list[str]) -> reading.PreviewRow:
    names = {
        folded(mapping.columns[field])
        for field in (_CONCERNS.get(row.reason, ()) if row.reason else ())
        if field in mapping.columns
    }
    cells = [
        (text, used, folded(column) in names)
        for (text, used), column in zip(row.cells, [*header, *[""] * len(row.cells)], strict=False)
    ]
    told = [_money(row.share.taken_off), _money(row.share.remains, row.share.currency)] if row.share else []
    return reading.PreviewRow(row.number, cells, [Problem(row.reason.value)] if row.reason else [], *told)


def _money(cents: int, currency: str = "") -> str:
    return f"{number_format(Decimal(cents) / 100, 2, use_l10n=True, force_grouping=True)} {currency}".strip()


def reason_of(kind: Kind, code: str) -> str:
    """Why rows are left out, in words."""
    if kind == Kind.ORDERS:
        return str(REJECTS[Reject(code)])
    return words_of(code)


def known_codes(kind: Kind) -> set[str]:
    return (
        {code.value for code in Reject} if kind == Kind.ORDERS else {code.value for code in (*Code, *Shape)}
    )
