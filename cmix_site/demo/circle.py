"""Words for the people, visits and tasks of the demo. Pure; in French, as the team would write them."""

from dataclasses import dataclass

import numpy as np

from clients.rules import InteractionKind, PersonRole
from cmix_site.demo.lives import Fate
from cmix_site.demo.words import FIRST_NAMES, SURNAMES

JOBS = {
    PersonRole.DECIDES: ("Gérance", "Direction", "Direction des achats"),
    PersonRole.BUYS: ("Responsable des achats", "Intendance"),
    PersonRole.USES: ("Responsable de salle", "Cuisine", "Bar"),
    PersonRole.PAYS: ("Comptabilité",),
    PersonRole.ADVISES: ("Conseil en restauration",),
}
SOURCES = (
    "Salon professionnel de Lille",
    "Commande sur le site",
    "Recommandation d'un client",
    "Ouverture du compte",
)
GROUP_SIGNS = ("des Quatre Vents", "du Beffroi", "des Tilleuls", "de l'Horloge", "des Arcades", "du Canal")
TAGS = ("Bio", "Ouvert le dimanche", "Rencontré au salon")


@dataclass(frozen=True)
class Talk:
    """What happened and what comes next; ``minutes`` is the usual length."""

    kind: InteractionKind
    minutes: int
    summary: str
    next_step: str = ""
    by_client: bool = False


_CALL, _VISIT = InteractionKind.CALL, InteractionKind.VISIT
_MAIL, _MEETING, _NOTE = InteractionKind.MAIL, InteractionKind.MEETING, InteractionKind.NOTE
USUAL = (
    Talk(_CALL, 15, "Point sur les commandes du mois, rien à signaler.", ""),
    Talk(_CALL, 10, "Demande le délai de livraison des capsules.", "Confirmer le délai de livraison", True),
    Talk(_VISIT, 60, "Passage en boutique, dégustation de deux thés avec l'équipe.", "Envoyer des échantillons"),
    Talk(_MAIL, 5, "Tarifs de la saison envoyés.", ""),
    Talk(_MEETING, 45, "Revue de l'année : volumes, emballages, formation du personnel.", "Préparer une offre annuelle"),
    Talk(_NOTE, 0, "Ferme trois semaines en août.", ""),
    Talk(_MAIL, 5, "Question sur la facture, réglée par retour de courriel.", "", True),
)  # fmt: skip
BY_FATE: dict[Fate, tuple[Talk, ...]] = {
    Fate.FADING: (
        Talk(_CALL, 20, "Commande moins souvent : un concurrent livre le lendemain.", "Proposer la livraison express"),
        Talk(_VISIT, 75, "Visite sur place : la moitié des cafés vient d'un autre fournisseur.", "Envoyer une offre comparée"),
    ),
    Fate.STOPPED: (
        Talk(_CALL, 10, "Pas de réponse, message laissé.", "Rappeler la direction"),
        Talk(_MAIL, 5, "Relance après plusieurs mois sans commande.", ""),
    ),
    Fate.GROWING: (
        Talk(_MEETING, 60, "Ouvre un deuxième point de vente, besoin d'une machine et de vaisselle.", "Chiffrer l'équipement"),
        Talk(_CALL, 15, "Double la commande de thés en vrac.", "", True),
    ),
    Fate.CHEAPER: (
        Talk(_CALL, 25, "Demande une remise supplémentaire, accordée jusqu'à la fin de l'année.", "Revoir la remise"),
    ),
    Fate.NEW: (Talk(_VISIT, 50, "Première visite : présentation de la gamme et des délais.", "Envoyer le catalogue"),),
    Fate.PROSPECT: (Talk(_CALL, 15, "Premier échange, aucun achat pour l'instant.", "Convenir d'une visite"),),
}  # fmt: skip


def pick_talk(fate: Fate, rng: np.random.Generator) -> Talk:
    own = BY_FATE.get(fate, ())
    talks = own if own and rng.random() < 0.55 else USUAL
    return talks[int(rng.integers(len(talks)))]


def draw_name(rng: np.random.Generator) -> tuple[str, str]:
    return FIRST_NAMES[int(rng.integers(len(FIRST_NAMES)))], SURNAMES[int(rng.integers(len(SURNAMES)))]
