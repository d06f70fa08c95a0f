"""Rows of cells become lines of sales. Every row of a large file passes here: plain Python, cached by cell."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, NamedTuple

from common.money import MAX_CENTS, to_cents
from common.numbers import parse_decimal, without_currency
from common.reading.conventions import Conventions, folded
from common.reading.days import EARLIEST, LATEST
from common.text import clean
from sales.presets import CHANNEL_WORDS
from sales.reading.discounts import Discounts
from sales.rules import Channel, Field, Reject

CACHE = 200_000
MAX_REF = {Field.CLIENT: 64, Field.PRODUCT: 64, Field.ORDER: 120}
MAX_QUANTITY = Decimal(10) ** 9
THOUSANDTH = Decimal("0.001")

NetOf = Callable[[int, str, str], int | None]
"""(amount in cents, currency, ISO day) → cents in the reporting currency, or ``None`` without a rate."""


class Line(NamedTuple):
    """A line ready to be staged; references are numbers given in the order of the file."""

    number: int
    order: int
    day: str
    position: int
    product: int | None
    quantity: str | None
    amount_cents: int
    currency: str
    net_cents: int | None
    cost_cents: int | None


class Client(NamedTuple):
    number: int
    ref: str
    name: str
    city: str
    country: str


class Product(NamedTuple):
    number: int
    ref: str
    name: str
    category: str


class Order(NamedTuple):
    number: int
    ref: str
    client: int
    channel: str


class LineReader:
    """Reads rows one after the other; what is new among clients, products and orders collects in lists
    that the caller empties.

    The first row of an order says whose it is; rows that give it to another client are rejected.
    """

    def __init__(self, conventions: Conventions, *, currency: str, net_of: NetOf, today: date) -> None:
        self._conventions = conventions
        self._reporting_currency = currency
        self.net_of = net_of
        self._today = today
        at = conventions.positions.get
        self._client_at, self._day_at = conventions.positions[Field.CLIENT], conventions.positions[Field.DAY]
        self._amount_at, self._quantity_at = at(Field.AMOUNT), at(Field.QUANTITY)
        self._price_at, self._cost_at = at(Field.UNIT_PRICE), at(Field.COST)
        self._order_at, self._product_at, self._currency_at = (
            at(Field.ORDER),
            at(Field.PRODUCT),
            at(Field.CURRENCY),
        )
        self._refunded_at, self._discount_at, self._subtotal_at = (
            at(Field.REFUNDED),
            at(Field.DISCOUNT),
            at(Field.SUBTOTAL),
        )
        self._discounts = Discounts()
        said_once = (self._client_at, self._day_at, self._currency_at)
        self._said_once = [place for place in said_once if place is not None]
        self._order_before: tuple[Any, Sequence[Any]] | None = None
        self.new_refunds: list[Line] = []
        self.new_clients: list[Client] = []
        self.new_products: list[Product] = []
        self.new_orders: list[Order] = []
        self._clients: dict[Any, int | Reject] = {}
        self._products: dict[Any, int | Reject | None] = {}
        self._numbers_by_ref: dict[tuple[Field, str], int] = {}
        self._orders: dict[Any, tuple[int, int] | Reject] = {}
        self._positions: dict[tuple[int, str], int] = {}
        self._days: dict[Any, str | Reject] = {}
        self._amounts: dict[Any, tuple[int, str | None] | Reject] = {}
        self._numbers: dict[Any, Decimal | Reject] = {}
        self._costs: dict[Any, int | Reject] = {}

    def read(self, number: int, cells: Sequence[Any]) -> Line | Reject:
        line = self._read(number, cells)
        if self._discount_at is None or self._order_at is None:
            return line
        order, discount = cells[self._order_at], self._read_cost(cells[self._discount_at])
        goods = None if self._subtotal_at is None else self._read_cost(cells[self._subtotal_at])
        if isinstance(discount, Reject):
            self._discounts.unreadable(order)
            return line if isinstance(line, Reject) else discount
        if isinstance(goods, Reject):
            self._discounts.unreadable(order)
            return line if isinstance(line, Reject) else goods
        self._discounts.note(order, discount, goods, is_lost=isinstance(line, Reject))
        return line

    def lost(self, cells: Sequence[Any]) -> None:
        """A row that was not read at all, its cells as far as they are known."""
        if self._discount_at is not None and self._order_at is not None and len(cells) > self._order_at:
            self._discounts.note(cells[self._order_at], None, is_lost=True)

    def discounts(self) -> list[tuple[int, int | None, int | None]]:
        """Of whole orders, by number, once all rows were read, as ``Discounts.by_order``."""
        known = ((self._orders.get(ref), cents, goods) for ref, cents, goods in self._discounts.by_order())
        return [(found[0], cents, goods) for found, cents, goods in known if isinstance(found, tuple)]

    def _read(self, number: int, cells: Sequence[Any]) -> Line | Reject:
        if self._order_at is not None:
            cells = self._completed(cells, self._order_at)
        cell = cells[self._client_at]
        client = self._clients.get(cell) or self._read_client(cell, cells)
        if isinstance(client, Reject):
            return client
        cell = cells[self._day_at]
        day = self._days.get(cell) or self._read_day(cell)
        if isinstance(day, Reject):
            return day
        amount = self._read_amount(cells)
        if isinstance(amount, Reject):
            return amount
        return self._line(number, cells, client, day, *amount)

    def _completed(self, cells: Sequence[Any], order_at: int) -> Sequence[Any]:
        """Shops write client, day and currency in the first row of an order alone: the rows below it mean the same."""
        order = cells[order_at]
        if self._order_before is None or order == "" or order != self._order_before[0]:
            self._order_before = (order, cells)
            return cells
        blank = [at for at in self._said_once if cells[at] == ""]
        if not blank:
            return cells
        completed, first = list(cells), self._order_before[1]
        for at in blank:
            completed[at] = first[at]
        return completed

    def _line(
        self, number: int, cells: Sequence[Any], client: int, day: str, cents: int, quantity: str | None
    ) -> Line | Reject:
        product = cost = None
        currency: str | Reject = self._reporting_currency
        if self._product_at is not None:
            cell = cells[self._product_at]
            product = self._products[cell] if cell in self._products else self._read_product(cell, cells)
        if self._cost_at is not None:
            cost = self._read_cost(cells[self._cost_at])
        if self._currency_at is not None:
            currency = self._read_currency(cells[self._currency_at])
        if isinstance(product, Reject):
            return product
        if isinstance(cost, Reject):
            return cost
        if isinstance(currency, Reject):
            return currency
        order = self._read_order(cells, client, day)
        if isinstance(order, Reject):
            return order
        refunded = self._read_refund(cells)
        if isinstance(refunded, Reject):
            return refunded
        line = self._placed(number, order, day, product, quantity, cents, currency, cost)
        if refunded:
            self.new_refunds.append(
                self._placed(number, order, day, None, None, -abs(refunded), currency, None)
            )
        return line

    def _placed(
        self, number: int, order: int, day: str, product: int | None, quantity: str | None, cents: int, currency: str,
        cost: int | None,
    ) -> Line:  # fmt: skip
        net = cents if currency == self._reporting_currency else self.net_of(cents, currency, day)
        position = self._positions[order, day] = self._positions.get((order, day), 0) + 1
        return Line(number, order, day, position, product, quantity, cents, currency, net, cost)

    def _read_refund(self, cells: Sequence[Any]) -> int | Reject | None:
        """What was given back of the whole order, in cents: files that have it do not say when, so on its day."""
        return self._read_cost(cells[self._refunded_at]) if self._refunded_at is not None else None

    def _read_client(self, cell: Any, cells: Sequence[Any]) -> int | Reject:
        ref = clean(str(cell))
        if not ref:
            found: int | Reject = Reject.CLIENT_MISSING
        elif (problem := _bad_ref(ref, Field.CLIENT)) is not None:
            found = problem
        elif (known := self._numbers_by_ref.get((Field.CLIENT, ref))) is not None:
            found = known
        else:
            name = self._text(cells, Field.CLIENT_NAME, 200) or ref
            city, country = self._text(cells, Field.CITY, 100), self._text(cells, Field.COUNTRY, 60)
            if "=" in (name[0], city[:1], country[:1]):
                return Reject.FORMULA
            found = self._give_number(Field.CLIENT, ref)
            self.new_clients.append(Client(found, ref, name, city, country))
        _remember(self._clients, cell, found)
        return found

    def _read_product(self, cell: Any, cells: Sequence[Any]) -> int | Reject | None:
        ref = clean(str(cell))
        if not ref:
            found: int | Reject | None = None
        elif (problem := _bad_ref(ref, Field.PRODUCT)) is not None:
            found = problem
        elif (known := self._numbers_by_ref.get((Field.PRODUCT, ref))) is not None:
            found = known
        else:
            name, category = (
                self._text(cells, Field.PRODUCT_NAME, 200) or ref,
                self._text(cells, Field.CATEGORY, 120),
            )
            if "=" in (name[0], category[:1]):
                return Reject.FORMULA
            found = self._give_number(Field.PRODUCT, ref)
            self.new_products.append(Product(found, ref, name, category))
        _remember(self._products, cell, found)
        return found

    def _give_number(self, field: Field, ref: str) -> int:
        number = self._numbers_by_ref[field, ref] = len(self._numbers_by_ref) + 1
        return number

    def _read_order(self, cells: Sequence[Any], client: int, day: str) -> int | Reject:
        key = (client, day) if self._order_at is None else cells[self._order_at]
        found = self._orders.get(key) or self._new_order(key, cells, client, day)
        if isinstance(found, Reject):
            return found
        number, whose = found
        return number if whose == client else Reject.ORDER_OF_OTHER_CLIENT

    def _new_order(self, key: Any, cells: Sequence[Any], client: int, day: str) -> tuple[int, int] | Reject:
        without_column = self._order_at is None
        ref = f"@{clean(str(cells[self._client_at]))}@{day}" if without_column else clean(str(key))
        if not ref:
            return Reject.ORDER_MISSING
        if (problem := _bad_ref(ref, Field.ORDER)) is not None:
            return problem
        if ref != key and (known := self._orders.get(ref)) is not None:
            found: tuple[int, int] | Reject = known
        else:
            channel = self._read_channel(cells)
            if isinstance(channel, Reject):
                return channel
            found = self._orders[ref] = (len(self._orders) + 1, client)
            self.new_orders.append(Order(found[0], ref, client, channel))
        self._orders[key] = found
        return found

    def _read_channel(self, cells: Sequence[Any]) -> str | Reject:
        """The first row of an order says how it came; an empty cell leaves what is known."""
        at = self._conventions.positions.get(Field.CHANNEL)
        word = folded(str(cells[at])) if at is not None else ""
        if not word:
            return Channel.UNKNOWN.value
        return CHANNEL_WORDS[word].value if word in CHANNEL_WORDS else Reject.CHANNEL_UNKNOWN

    def _read_day(self, cell: Any) -> str | Reject:
        day = self._conventions.read_day(cell)
        if day is None:
            blank = not str(cell).strip()
            found: str | Reject = Reject.DAY_MISSING if blank else _unreadable(cell, Reject.DAY_UNREADABLE)
        else:
            found = _check_range(day, self._today) or day.isoformat()
        _remember(self._days, cell, found)
        return found

    def _read_amount(self, cells: Sequence[Any]) -> tuple[int, str | None] | Reject:
        amount = cells[self._amount_at] if self._amount_at is not None else None
        quantity = cells[self._quantity_at] if self._quantity_at is not None else None
        if amount == "" and self._price_at is not None:  # rows of one file may say either
            amount = None
        price = cells[self._price_at] if self._price_at is not None and amount is None else None
        key = (amount, quantity, price)
        found = self._amounts.get(key)
        if found is None:
            found = self._compute_amount(amount, quantity, price)
            _remember(self._amounts, key, found)
        return found

    def _compute_amount(self, amount: Any, quantity: Any, price: Any) -> tuple[int, str | None] | Reject:
        pieces = self._number(quantity) if quantity not in (None, "") else None
        if isinstance(pieces, Reject):
            return pieces
        if pieces is not None and abs(pieces) >= MAX_QUANTITY:
            return Reject.NUMBER_OUT_OF_RANGE
        value = self._number(amount if price is None else price)
        if isinstance(value, Reject):
            return value
        if price is not None:
            if pieces is None:
                return Reject.NUMBER_MISSING
            value *= pieces
        cents = _cents(value)
        if isinstance(cents, Reject):
            return cents
        return cents, None if pieces is None else str(pieces.quantize(THOUSANDTH, ROUND_HALF_EVEN))

    def _read_cost(self, cell: Any) -> int | Reject | None:
        if cell == "" or (isinstance(cell, str) and not cell.strip()):
            return None
        found = self._costs.get(cell)
        if found is None:
            value = self._number(cell)
            found = value if isinstance(value, Reject) else _cents(value)
            _remember(self._costs, cell, found)
        return found

    def _read_currency(self, cell: Any) -> str | Reject:
        code = clean(str(cell)).upper()
        if not code:
            return self._reporting_currency
        return code if len(code) == 3 and code.isascii() and code.isalpha() else Reject.CURRENCY_UNKNOWN

    def _number(self, cell: Any) -> Decimal | Reject:
        found = self._numbers.get(cell)
        if found is None:
            found = self._read_number(cell)
            _remember(self._numbers, cell, found)
        return found

    def _read_number(self, cell: Any) -> Decimal | Reject:
        if isinstance(cell, (int, float)):
            return Decimal(str(cell))
        text = str(cell)
        if not text.strip():
            return Reject.NUMBER_MISSING
        try:
            return parse_decimal(
                without_currency(text, self._reporting_currency), self._conventions.decimal_mark
            )
        except ValueError:
            return _unreadable(cell, Reject.NUMBER_UNREADABLE)

    def _text(self, cells: Sequence[Any], field: Field, longest: int) -> str:
        at = self._conventions.positions.get(field)
        return clean(str(cells[at]))[:longest].strip() if at is not None else ""


def _remember(cache: dict[Any, Any], key: Any, value: Any) -> None:
    """Columns repeat their values; one that does not must not fill the memory."""
    if len(cache) >= CACHE:
        cache.clear()
    cache[key] = value


def _bad_ref(ref: str, field: Field) -> Reject | None:
    if ref.startswith("="):
        return Reject.FORMULA
    return Reject.REFERENCE_TOO_LONG if len(ref) > MAX_REF[field] else None


def _check_range(day: date, today: date) -> Reject | None:
    if not EARLIEST <= day <= LATEST:
        return Reject.DAY_OUT_OF_RANGE
    return Reject.DAY_IN_FUTURE if day > today else None


def _unreadable(cell: Any, otherwise: Reject) -> Reject:
    return Reject.FORMULA if str(cell).lstrip().startswith("=") else otherwise


def _cents(value: Decimal) -> int | Reject:
    # Compared before rounding: a number with thousands of digits must not be worked on.
    if not abs(value) <= MAX_CENTS / 100:
        return Reject.NUMBER_OUT_OF_RANGE
    return to_cents(value)
