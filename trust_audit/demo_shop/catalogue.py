"""What the invented shop sells: stoneware and lamps, generated and the same at every start."""

from dataclasses import dataclass

BRAND = "Atelier Orvane"
SINCE = 2009
RANGES = ("Assiettes", "Bols", "Tasses", "Pichets", "Vases", "Lampes", "Plats")
GLAZES = ("écume", "ardoise", "sauge", "brique", "nuit", "sable", "givre", "prune", "argile", "lin")
KINDS = ("Assiette", "Bol", "Tasse", "Pichet", "Vase", "Lampe", "Plat")


@dataclass(frozen=True)
class Product:
    """``cents`` with tax. ``path`` below the range's own."""

    name: str
    range_name: str
    range_path: str
    path: str
    sku: str
    gtin: str
    cents: int
    diameter_mm: int
    grams: int

    @property
    def price(self) -> str:
        return f"{self.cents // 100},{self.cents % 100:02d} €"


def _gtin(number: int) -> str:
    """Thirteen digits with their check digit, in the range for use within a firm (200-299)."""
    digits = f"200{number:09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def products(ranges: int, each: int) -> tuple[Product, ...]:
    found = []
    for place in range(ranges):
        slug = RANGES[place].lower()
        for number in range(each):
            serial = place * 100 + number
            found.append(
                Product(
                    f"{KINDS[place]} {GLAZES[number]}",
                    RANGES[place],
                    f"/{slug}",
                    f"/{slug}/{slug}-{number + 1}",
                    f"OR-{serial:04d}",
                    _gtin(serial),
                    1490 + 350 * number + 500 * place,
                    80 + 15 * number,
                    220 + 60 * number,
                )
            )
    return tuple(found)
