"""The questionnaire ``sociotype-12``: twelve statements on four scales, derived from the types of the method.

Each scale has three statements, two with it and one against it (``reversed``), so that a habit of saying yes
moves all scales alike. The order is part of the instrument: reversed statements never follow each other, nor
do two of one scale. The texts are our own. A published version never changes: another wording is another
version, and answers keep the version they were given to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

NAME = "sociotype-12"
CHOICES = (1, 2, 3, 4, 5)
LANGUAGES = ("fr", "en")


class Scale(StrEnum):
    """What a statement speaks of: being ahead, following, being distant, opposing."""

    AHEAD = "A"
    FOLLOWING = "S"
    DISTANT = "D"
    OPPOSED = "O"


SCALES = tuple(Scale)


class Sociotype(StrEnum):
    """The codes of the method, from the readiest to the least ready; pages show other names by default."""

    TECHNOPHILE = "technophile"
    TECHNOMOUTON = "technomouton"
    TECHNO_NO = "techno-no"
    TECHNONUL = "technonul"


TYPES = tuple(Sociotype)


@dataclass(frozen=True)
class Item:
    """A statement. ``key`` names it within its version ("A1")."""

    key: str
    scale: Scale
    reversed: bool
    text: Mapping[str, str]


def _item(key: str, fr: str, en: str, *, reversed: bool = False) -> Item:
    return Item(key, Scale(key[0]), reversed, {"fr": fr, "en": en})


@dataclass(frozen=True)
class Instrument:
    name: str
    version: int
    items: tuple[Item, ...]
    choices: Mapping[str, tuple[str, ...]]
    no_answer: Mapping[str, str]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(item.key for item in self.items)

    def position(self, key: str) -> int:
        """From 0. Raises ``ValueError`` for a statement of another version."""
        return self.keys.index(key)


_V1 = Instrument(
    name=NAME,
    version=1,
    items=(
        _item(
            "A1",
            "Je réclame à mes fournisseurs des services en ligne qu'ils ne proposent pas encore.",
            "I press my suppliers for online services they do not offer yet.",
        ),
        _item(
            "D1",
            "Je ne sais pas bien quels services en ligne existent dans mon domaine.",
            "I do not really know which online services exist in my field.",
        ),
        _item(
            "O3",
            "Si l'on me propose une formation à un outil en ligne, j'y participe.",
            "If I am offered training on an online tool, I take part.",
            reversed=True,
        ),
        _item(
            "S1",
            "J'adopte un nouvel outil quand la plupart de mes collègues ou confrères l'utilisent.",
            "I take up a new tool once most of my colleagues or peers use it.",
        ),
        _item(
            "A3",
            "Je regarde rarement ce qui se fait ailleurs, dans d'autres pays ou d'autres métiers.",
            "I rarely look at what is done elsewhere, in other countries or trades.",
            reversed=True,
        ),
        _item(
            "O1",
            "Je freine autant que possible le passage de mes commandes sur internet.",
            "I hold back, as far as I can, the move of my orders to the internet.",
        ),
        _item(
            "D3",
            "Je me tiens au courant des outils numériques qui pourraient me servir.",
            "I keep up with the digital tools that could be of use to me.",
            reversed=True,
        ),
        _item(
            "S2",
            "Une nouveauté technique m'inquiète d'abord, puis je m'y fais.",
            "A technical novelty worries me at first, then I get used to it.",
        ),
        _item(
            "A2",
            "Je règle l'essentiel de mes échanges par courriel, messagerie ou internet.",
            "I handle most of my exchanges by email, messaging or the web.",
        ),
        _item(
            "S3",
            "Je décide seul d'adopter ou de refuser une technologie, quoi que fassent les autres.",
            "I decide on my own to adopt or refuse a technology, whatever others do.",
            reversed=True,
        ),
        _item(
            "O2",
            "Je suis plutôt fier de me passer d'outils numériques.",
            "I am rather proud of doing without digital tools.",
        ),
        _item(
            "D2",
            "Les nouvelles technologies ne font pas partie de mes préoccupations.",
            "New technologies are not among my concerns.",
        ),
    ),
    choices={
        "fr": (
            "Pas du tout d'accord",
            "Plutôt pas d'accord",
            "Ni d'accord ni pas d'accord",
            "Plutôt d'accord",
            "Tout à fait d'accord",
        ),
        "en": (
            "Strongly disagree",
            "Rather disagree",
            "Neither agree nor disagree",
            "Rather agree",
            "Strongly agree",
        ),
    },
    no_answer={"fr": "Ne se prononce pas", "en": "No answer"},
)
INSTRUMENTS: Mapping[tuple[str, int], Instrument] = {(NAME, 1): _V1}
CURRENT = _V1


def instrument_of(name: str, version: int) -> Instrument:
    """Raises ``KeyError`` for one that was never published."""
    return INSTRUMENTS[name, version]
