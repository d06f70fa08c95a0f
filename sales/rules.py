"""States of an import, fields of a line of sales, why a row is left out, when costs suffice. Pure."""

from collections import defaultdict
from collections.abc import Mapping as Pairs
from enum import StrEnum

from common.reading import shapes

MIN_COST_COVERAGE = 0.8
"""Share of a client's sales, by absolute amount, whose cost must be known or assumed before a margin
rate counts as the client's own (kinetics 1 and 4)."""


class Channel(StrEnum):
    """How an order came; unknown is a value of its own, not offline."""

    UNKNOWN = ""
    ONLINE = "online"
    OFFLINE = "offline"


class Field(StrEnum):
    """What a column of a file can mean."""

    CLIENT = "client"
    DAY = "day"
    AMOUNT = "amount"
    QUANTITY = "quantity"
    UNIT_PRICE = "unit_price"
    ORDER = "order"
    PRODUCT = "product"
    COST = "cost"
    CURRENCY = "currency"
    CLIENT_NAME = "client_name"
    PRODUCT_NAME = "product_name"
    CATEGORY = "category"
    CITY = "city"
    COUNTRY = "country"
    CHANNEL = "channel"
    REFUNDED = "refunded"
    DISCOUNT = "discount"
    SUBTOTAL = "subtotal"


class Reject(StrEnum):
    """Why one row is left out; the sentence of each stands in ``sales.labels``."""

    CLIENT_MISSING = "client_missing"
    DAY_MISSING = "day_missing"
    DAY_UNREADABLE = "day_unreadable"
    DAY_OUT_OF_RANGE = "day_out_of_range"
    DAY_IN_FUTURE = "day_in_future"
    NUMBER_MISSING = "number_missing"
    NUMBER_UNREADABLE = "number_unreadable"
    NUMBER_OUT_OF_RANGE = "number_out_of_range"
    ORDER_MISSING = "order_missing"
    CURRENCY_UNKNOWN = "currency_unknown"
    REFERENCE_TOO_LONG = "reference_too_long"
    FORMULA = "formula"
    NUL_BYTE = "nul_byte"
    FIELD_TOO_LONG = "field_too_long"
    QUOTES_BROKEN = "quotes_broken"
    TOO_FEW_CELLS = "too_few_cells"
    TOO_MANY_CELLS = "too_many_cells"
    ORDER_OF_OTHER_CLIENT = "order_of_other_client"
    NOT_YOUR_CLIENT = "not_your_client"
    ERASED = "erased"
    CHANNEL_UNKNOWN = "channel_unknown"
    DISCOUNT_NOT_SPREAD = "discount_not_spread"


class Mapping(shapes.Mapping):
    """The columns of a file of orders."""

    def missing(self) -> list[str]:
        """Fields without which no line can be read."""
        needed = [Field.CLIENT, Field.DAY] + [Field.ORDER] * (Field.DISCOUNT in self.columns)
        absent = [name for name in needed if name not in self.columns]
        has_price = Field.QUANTITY in self.columns and Field.UNIT_PRICE in self.columns
        if Field.AMOUNT not in self.columns and not has_price:
            absent.append(Field.AMOUNT)
        return [str(name) for name in absent]


def parse_columns(text: str) -> dict[str, str]:
    """``client=COL,day=COL`` → columns by field. Raises ``ValueError`` naming what is wrong."""
    return shapes.parse_columns(text, tuple(field.value for field in Field))


def makes_circle(parents: Pairs[int, int | None], child: int, parent: int | None) -> bool:
    """Whether ``child`` would become part of itself; ``parents`` may hold circles already."""
    seen: set[int] = set()
    while parent is not None and parent not in seen:
        if parent == child:
            return True
        seen.add(parent)
        parent = parents.get(parent)
    return False


def with_parts(parents: Pairs[int, int | None], root: int) -> set[int]:
    """``root`` and all that is part of it."""
    children = _children(parents)
    found, waiting = set(), [root]
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += children[one]
    return found


def tree_order(parents: Pairs[int, int | None]) -> list[tuple[int, int]]:
    """Each part right below its whole, with its depth (0 at the top); siblings as ``parents`` orders them.

    What hangs in a circle has no top: its first member then stands as one.
    """
    children = _children(parents)
    found: dict[int, int] = {}
    tops = [one for one, parent in parents.items() if parent is None or parent not in parents]
    for top in [*tops, *parents]:
        waiting = [(top, 0)]
        while waiting:
            one, depth = waiting.pop()
            if one not in found:
                found[one] = depth
                waiting += [(child, depth + 1) for child in reversed(children[one])]
    return list(found.items())


def _children(parents: Pairs[int, int | None]) -> defaultdict[int, list[int]]:
    children: defaultdict[int, list[int]] = defaultdict(list)
    for one, parent in parents.items():
        if parent is not None:
            children[parent].append(one)
    return children
