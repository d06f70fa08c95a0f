"""Word lists of the demo. Pure; invented, so that no name means anybody."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Town:
    name: str
    postcode: str


@dataclass(frozen=True)
class Region:
    """Where a team sells. ``phone`` is the start of a range kept for fiction."""

    team: str
    phone: str
    towns: tuple[Town, ...]


def _towns(text: str) -> tuple[Town, ...]:
    pairs = (line.rsplit(" ", 1) for line in text.strip().splitlines())
    return tuple(Town(name.strip(), postcode) for name, postcode in pairs)


LILLE = Region(
    "Lille",
    "03 53 01",
    _towns("""
        Lille 59000
        Roubaix 59100
        Tourcoing 59200
        Dunkerque 59140
        Valenciennes 59300
        Cambrai 59400
        Douai 59500
        Maubeuge 59600
        Arras 62000
        Calais 62100
        Boulogne-sur-Mer 62200
        Lens 62300
        Béthune 62400
        Saint-Omer 62500
        Amiens 80000
        Abbeville 80100
        Saint-Quentin 02100
        Reims 51100
    """),
)
LYON = Region(
    "Lyon",
    "04 65 71",
    _towns("""
        Lyon 69003
        Villeurbanne 69100
        Villefranche-sur-Saône 69400
        Saint-Étienne 42000
        Roanne 42300
        Grenoble 38000
        Vienne 38200
        Chambéry 73000
        Aix-les-Bains 73100
        Annecy 74000
        Valence 26000
        Montélimar 26200
        Bourg-en-Bresse 01000
        Mâcon 71000
        Dijon 21000
        Besançon 25000
        Clermont-Ferrand 63000
        Le Puy-en-Velay 43000
    """),
)
REGIONS = (LILLE, LYON)

_NAME_STARTS = (
    "Val", "Mont", "Bell", "Cour", "Roch", "Chant", "Font", "Morv", "Lar", "Bris", "Gar", "Verd", "Cham",
    "Trév", "Aub", "Marl", "Pont", "Sauv", "Per", "Guén", "Lév", "Dorm", "Cast", "Hérib",
)  # fmt: skip
_NAME_ENDS = (
    "audin", "ivier", "andier", "ossard", "elin", "igny", "atier", "esson", "ouvel", "angeon", "ecombe",
    "erolles", "umont", "inard", "ébault", "oizel",
)  # fmt: skip
SURNAMES = tuple(start + end for start in _NAME_STARTS for end in _NAME_ENDS)
FIRST_NAMES = (
    "Adèle", "Agnès", "Alice", "Amine", "Antoine", "Baptiste", "Béatrice", "Camille", "Céline", "Chloé",
    "Damien", "Élise", "Émile", "Étienne", "Fanny", "Farid", "François", "Gaëlle", "Hugo", "Inès", "Jeanne",
    "Joël", "Karim", "Léa", "Lucie", "Malik", "Manon", "Maxime", "Mélanie", "Noé", "Océane", "Pauline",
    "Rémi", "Sabine", "Salomé", "Théo", "Valérie", "Yanis", "Zoé",
)  # fmt: skip
FIRM_KINDS = (
    "Boulangerie", "Restaurant", "Brasserie", "Hôtel", "Auberge", "Épicerie", "Traiteur", "Café",
    "Salon de thé", "Pâtisserie", "Cave", "Chocolaterie", "Crêperie", "Maison d'hôtes", "Cantine",
    "Torréfaction",
)  # fmt: skip
FIRM_SIGNS = (
    "de l'Écluse", "du Vieux Pont", "des Tilleuls", "de la Halle", "du Beffroi", "des Quatre Vents",
    "de la Gare", "du Marché", "des Arcades", "du Moulin Bleu", "de la Fontaine", "des Trois Clés",
    "du Canal", "de l'Horloge", "des Remparts", "du Théâtre", "de la Poterne", "des Glycines",
    "du Pré Vert", "de la Tannerie", "du Lavoir", "des Bateliers",
)  # fmt: skip
STREETS = (
    "rue des Tilleuls", "rue du Moulin", "place de la Halle", "rue de l'Écluse", "avenue de la Gare",
    "rue des Remparts", "quai des Bateliers", "rue de la Poterne", "place du Marché", "rue Haute",
    "rue des Arcades", "chemin du Lavoir", "rue de la Fontaine", "boulevard du Nord", "rue du Puits",
)  # fmt: skip
