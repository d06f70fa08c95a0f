"""What the demo's wholesaler sells. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Article:
    """``price`` and ``cost`` in euros per unit, net of tax; no cost means unknown, not zero.

    ``introduced``: days from the first day of the story to its launch; 0: sold since before.
    """

    name: str
    price: Decimal
    cost: Decimal | None
    introduced: int = 0


@dataclass(frozen=True)
class Family:
    """``online``: sold on the internet, by order on the spot only, or nobody has said (None)."""

    name: str
    articles: tuple[Article, ...]
    assumed_margin_rate: Decimal | None = None
    part_of: str = ""
    online: bool | None = True


def _family(name: str, text: str, assumed_margin_rate: str = "", **more: Any) -> Family:
    """One article a line: ``name | price | cost``, the cost left out when nobody knows it."""
    articles = []
    for line in text.strip().splitlines():
        label, price, *cost = (part.strip() for part in line.split("|"))
        launch = LAUNCHES.get(label, 0)
        articles.append(Article(label, Decimal(price), Decimal(cost[0]) if cost else None, launch))
    rate = Decimal(assumed_margin_rate) if assumed_margin_rate else None
    return Family(name, tuple(articles), rate, **more)


# The shelves above the families; those of the near universe are what our clients buy elsewhere too.
SHELVES = {"Boissons chaudes": False, "Arts de la table": True, "Équipement et services": False}
NEAR_FAMILIES = frozenset({"Épicerie fine", "Emballages"})
# Launched in the last window, so that the migration matrix has something new: day of the story.
LAUNCHES = {
    "Capsules Décaféiné, boîte de 50": 760,
    "Coffret dégustation trois origines": 812,
    "Rooibos à la vanille, vrac 1 kg": 775,
    "Spéculoos individuels, carton de 300": 840,
    "Carafe, 75 cl": 905,
    "Formation barista, journée": 870,
    "Atelier dégustation": 930,
}


FAMILIES = (
    _family(
        "Cafés",
        """
        Café en grains Matinale, 1 kg | 17.90 | 10.60
        Café en grains Faubourg, 1 kg | 21.50 | 12.40
        Café en grains Grand Cru du Plateau, 1 kg | 32.00 | 16.60
        Café moulu Matinale, 250 g | 5.40 | 3.20
        Café moulu décaféiné, 250 g | 5.90 | 3.50
        Capsules Faubourg, boîte de 50 | 16.80 | 8.30
        Capsules Décaféiné, boîte de 50 | 17.20 | 8.70
        Coffret dégustation trois origines | 27.50 | 13.40
        """,
        part_of="Boissons chaudes",
    ),
    _family(
        "Thés et infusions",
        """
        Thé noir du matin, 100 sachets | 14.20 | 6.90
        Thé vert à la menthe, 100 sachets | 14.90 | 7.00
        Thé noir aux agrumes, vrac 1 kg | 39.00 | 18.20
        Thé vert sencha, vrac 1 kg | 46.00 | 21.90
        Infusion verveine, 50 sachets | 9.80 | 4.30
        Infusion tilleul et miel, 50 sachets | 10.20 | 4.60
        Rooibos à la vanille, vrac 1 kg | 34.00 | 15.10
        Coffret découverte douze thés | 24.00 | 10.40
        """,
        part_of="Boissons chaudes",
    ),
    _family(
        "Épicerie fine",
        """
        Confiture d'abricot, 370 g | 6.20 | 3.60
        Confiture de mirabelle, 370 g | 6.60 | 3.80
        Miel de montagne, 500 g | 11.40 | 7.10
        Sirop de grenadine, 70 cl | 7.30 | 4.40
        Sablés au beurre, boîte de 24 | 13.50 | 8.20
        Spéculoos individuels, carton de 300 | 19.60 | 12.70
        Chocolat à casser, 1 kg | 22.80 | 14.90
        Sucre en dosettes, carton de 500 | 16.40 | 11.80
        """,
    ),
    _family(
        "Vaisselle",
        """
        Tasse expresso blanche, lot de 6 | 28.00 | 15.20
        Tasse à thé, lot de 6 | 36.00 | 19.40
        Assiette plate 27 cm, lot de 6 | 45.00 | 26.10
        Assiette creuse 23 cm, lot de 6 | 42.00 | 24.80
        Théière en fonte, 1 l | 58.00 | 30.50
        Verre à eau, lot de 12 | 26.00 | 15.90
        Carafe, 75 cl | 14.50 | 8.40
        Plateau de service antidérapant | 19.00 | 10.90
        """,
        part_of="Arts de la table",
    ),
    _family(
        "Linge de table",
        """
        Nappe en lin 170 × 250 cm | 64.00 | 34.60
        Serviettes en coton, lot de 12 | 39.00 | 21.00
        Torchons métis, lot de 6 | 27.00 | 14.20
        Tablier de service | 23.00 | 11.70
        Chemin de table en lin | 29.00 | 15.00
        Serviettes en papier, carton de 1 200 | 31.00 | 21.70
        """,
        part_of="Arts de la table",
    ),
    _family(
        "Machines et équipement",
        """
        Moulin à café de comptoir | 420.00 | 318.00
        Machine expresso un groupe | 1190.00 | 935.00
        Bouilloire à température réglable | 89.00 | 62.00
        Chauffe-lait | 76.00 | 54.00
        Filtre à eau pour machine | 38.00 | 25.50
        Kit de détartrage, 12 doses | 24.00 | 13.80
        Balance de précision | 49.00 | 33.00
        """,
        part_of="Équipement et services",
        online=False,
    ),
    # Bought in changing lots: no cost per article, the accountant works with a rate.
    _family(
        "Emballages",
        """
        Gobelets carton 20 cl, carton de 1 000 | 44.00
        Gobelets carton 30 cl, carton de 1 000 | 56.00
        Couvercles, carton de 1 000 | 31.00
        Sacs kraft à poignées, carton de 250 | 37.00
        Boîtes pâtissières 20 cm, carton de 100 | 29.00
        Agitateurs en bois, carton de 5 000 | 26.00
        Coffrets cadeaux vides, lot de 20 | 34.00
        """,
        assumed_margin_rate="0.32",
        online=None,
    ),
    # Nobody has costed the services yet: what they earn is unknown.
    _family(
        "Services",
        """
        Entretien annuel de machine | 190.00
        Formation barista, demi-journée | 340.00
        Formation barista, journée | 590.00
        Location de machine, un mois | 65.00
        Livraison express | 18.00
        Atelier dégustation | 240.00
        """,
        part_of="Équipement et services",
        online=False,
    ),
)
