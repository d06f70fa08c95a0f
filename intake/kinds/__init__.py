"""The kinds of records that files may bring. Orders are read by ``sales``; see ``intake.orders``."""

from intake.kinds.base import RecordKind
from intake.kinds.clients import CLIENTS
from intake.kinds.costs import COSTS
from intake.kinds.interactions import INTERACTIONS
from intake.kinds.people import PEOPLE
from intake.kinds.products import PRODUCTS
from intake.kinds.units import UNITS
from intake.rules import Kind

RECORD_KINDS: dict[Kind, RecordKind] = {
    kind.kind: kind for kind in (CLIENTS, PEOPLE, UNITS, PRODUCTS, COSTS, INTERACTIONS)
}
