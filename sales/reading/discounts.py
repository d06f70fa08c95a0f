"""A discount said of a whole order, spread over its lines in whole cents. Pure."""

from collections.abc import Sequence

from common.text import clean


def spread(discount: int, amounts: Sequence[int]) -> list[int] | None:
    """Cents off each amount (all above zero), in proportion; the cents that remain go to the largest remainders.

    They add up to ``discount`` exactly and none exceeds its amount; ``None`` when the discount is more than all
    amounts together.
    """
    total = sum(amounts)
    if discount > total:
        return None
    if not total:
        return [0] * len(amounts)
    shares = [discount * amount // total for amount in amounts]
    left = discount - sum(shares)
    places = sorted(range(len(amounts)), key=lambda at: (-(discount * amounts[at] % total), at))
    for at in places[:left]:
        shares[at] += 1
    return shares


def off_goods(discount: int, goods: int | None, amounts: Sequence[int]) -> int:
    """The part of an order's discount that is off its goods. ``goods``: what they come to after it, null when the file
    does not say; a difference to their ``amounts`` that is less than the discount says that the rest was off the
    shipping."""
    taken = discount if goods is None else sum(amounts) - goods
    return taken if 0 <= taken < discount else discount


class Discounts:
    """What a file says of whole orders. Files say it in the first row of an order or in each; said twice
    differently, or of an order that lost a row, it cannot be spread so that the order's total is right."""

    def __init__(self) -> None:
        self._said: dict[str, int] = {}
        self._goods: dict[str, int] = {}
        self._odd: set[str] = set()

    def note(self, order: object, cents: int | None, goods: int | None = None, *, is_lost: bool) -> None:
        ref = clean(str(order))
        if goods is not None:
            self._goods.setdefault(ref, goods)
        if cents and self._said.setdefault(ref, abs(cents)) != abs(cents):
            self._odd.add(ref)
        if is_lost:
            self._odd.add(ref)

    def unreadable(self, order: object) -> None:
        ref = clean(str(order))
        self._said.setdefault(ref, 0)
        self._odd.add(ref)

    def by_order(self) -> list[tuple[str, int | None, int | None]]:
        """Orders with their discount in cents, ``None`` when it cannot be spread, and what their goods come to after
        it, where the file says so."""
        return [
            (ref, None if ref in self._odd else cents, self._goods.get(ref))
            for ref, cents in self._said.items()
        ]
