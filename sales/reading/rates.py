"""Exchange rates as imports need them: all of a currency read once, then looked up by day."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

MAX_AGE = timedelta(days=7)
Rates = list[tuple[date, Decimal]]


class RateBook:
    """``rates_of(currency)`` gives (day, rate) sorted by day; the last of at most seven days counts."""

    def __init__(self, rates_of: Callable[[str], Rates]) -> None:
        self._rates_of = rates_of
        self._books: dict[str, Rates] = {}

    def net_of(self, cents: int, currency: str, day: str) -> int | None:
        rate = self.rate(currency, date.fromisoformat(day))
        return None if rate is None else int((cents * rate).quantize(Decimal(1), ROUND_HALF_EVEN))

    def rate(self, currency: str, day: date) -> Decimal | None:
        if currency not in self._books:
            self._books[currency] = self._rates_of(currency)
        book = self._books[currency]
        at = bisect_right(book, day, key=lambda entry: entry[0])
        if at == 0 or day - book[at - 1][0] > MAX_AGE:
            return None
        return book[at - 1][1]
