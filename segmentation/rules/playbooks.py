"""What to do with a client of each segment: stages and steps, in both languages, as text 000 and 002 ask. Pure.

These are the texts a company starts with; what it writes instead is kept beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from segmentation.rules.grid import Segment

LANGUAGES = ("fr", "en")
MAX_STEPS = 12


class Diagnosis(StrEnum):
    """Why a dilemma is one (text 002)."""

    IMMATURE = "immature"
    BAD = "bad"
    BADLY_MANAGED = "badly_managed"


TARGETS = (Segment.WHALE, Segment.THOROUGHBRED, Segment.ATHLETE)


@dataclass(frozen=True)
class Stage:
    title: str
    steps: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"title": self.title, "steps": list(self.steps)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(data["title"], tuple(data["steps"]))


@dataclass(frozen=True)
class Playbook:
    aim: str
    stages: tuple[Stage, ...]

    @property
    def steps(self) -> int:
        return sum(len(stage.steps) for stage in self.stages)


_WHALE = {
    "en": Playbook(
        "Serve the same at lower cost, then sell more.",
        (
            Stage("First: the same services, cheaper", (
                "Work out what serving this client costs us today",
                "Offer online ordering of what it buys anyway",
                "Replace paper and calls: order status, documents, invoices online",
                "Check after three months that the margin has risen",
            )),
            Stage("Then: new services made for the internet", (
                "Ask which service it misses online",
                "Propose a new online service",
                "Follow what it spends on it",
            )),
        ),
    ),
    "fr": Playbook(
        "Servir la même chose à moindre coût, puis vendre davantage.",
        (
            Stage("D'abord : les mêmes services, moins chers", (
                "Chiffrer ce que coûte aujourd'hui le service de ce client",
                "Proposer de commander en ligne ce qu'il achète déjà",
                "Remplacer papier et appels : suivi, documents, factures en ligne",
                "Vérifier après trois mois que la marge a monté",
            )),
            Stage("Ensuite : de nouveaux services conçus pour Internet", (
                "Demander quel service en ligne lui manque",
                "Proposer un nouveau service en ligne",
                "Suivre ce qu'il y dépense",
            )),
        ),
    ),
}  # fmt: skip
_THOROUGHBRED = {
    "en": Playbook("Raise the revenue with new products and services online.", (
        Stage("New products and services", (
            "List what this client does not buy from us yet",
            "Choose a new product or service sold online that suits its trade",
            "Present it with the help of a person",
            "See the first order through",
            "Set the revenue to reach in a year",
        )),
    )),
    "fr": Playbook("Augmenter le chiffre d'affaires par de nouveaux produits et services en ligne.", (
        Stage("Nouveaux produits et services", (
            "Lister ce que ce client ne nous achète pas encore",
            "Choisir un nouveau produit ou service en ligne adapté à son métier",
            "Le présenter, accompagné par une personne",
            "Suivre la première commande jusqu'au bout",
            "Fixer le chiffre d'affaires à atteindre dans un an",
        )),
    )),
}  # fmt: skip
_ATHLETE = {
    "en": Playbook("Do everything not to lose them: a partnership.", (
        Stage("Partnership", (
            "Name one person who answers for this client",
            "Meet the decision-makers twice a year",
            "Agree on a common plan for the year",
            "Offer what is new to this client first",
            "Answer every alert within two working days",
        )),
    )),
    "fr": Playbook("Tout mettre en œuvre pour ne pas les perdre : un partenariat.", (
        Stage("Partenariat", (
            "Désigner une personne qui répond de ce client",
            "Rencontrer les décideurs deux fois par an",
            "Convenir d'un plan commun pour l'année",
            "Proposer les nouveautés d'abord à ce client",
            "Répondre à chaque alerte sous deux jours ouvrés",
        )),
    )),
}  # fmt: skip
_DILEMMA = {
    "en": Playbook("Find out why, then lead the client to one of the three other segments.", (
        Stage("Diagnosis", (
            "Look at how long we have known the client and what it buys elsewhere",
            "Look at what we do: visits, answers, conditions, mistakes",
            "Choose the diagnosis and the segment to reach",
        )),
        Stage("The way there", (
            "Agree on the first step with the client or with ourselves",
            "Check after a quarter whether revenue or margin has moved",
            "Decide: go on, change the way, or spend less on it",
        )),
    )),
    "fr": Playbook("Comprendre pourquoi, puis amener le client vers l'un des trois autres segments.", (
        Stage("Diagnostic", (
            "Regarder depuis quand nous connaissons le client et ce qu'il achète ailleurs",
            "Regarder ce que nous faisons : visites, réponses, conditions, erreurs",
            "Choisir le diagnostic et le segment à atteindre",
        )),
        Stage("Le chemin", (
            "Convenir du premier pas avec le client ou entre nous",
            "Vérifier après un trimestre si le CA ou la marge a bougé",
            "Décider : continuer, changer de chemin ou y consacrer moins",
        )),
    )),
}  # fmt: skip
DEFAULTS: Mapping[Segment, Mapping[str, Playbook]] = {
    Segment.WHALE: _WHALE, Segment.THOROUGHBRED: _THOROUGHBRED, Segment.ATHLETE: _ATHLETE, Segment.DILEMMA: _DILEMMA,
}  # fmt: skip


def read_steps(text: str) -> tuple[str, ...]:
    """One step a line; empty lines do not count."""
    return tuple(line for raw in text.splitlines() if (line := " ".join(raw.split())))[:MAX_STEPS]


def numbered(stages: Sequence[Stage]) -> list[tuple[int, int]]:
    """Stage and step of every step, from 0."""
    return [(i, j) for i, stage in enumerate(stages) for j in range(len(stage.steps))]
