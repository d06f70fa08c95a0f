"""A type that a sales rep saw rather than asked: at least one fact of the ten of the method, and how sure."""

from enum import StrEnum

from clients.sociotypes.rules.instrument import TYPES, Sociotype
from clients.sociotypes.rules.scoring import FIRM_FROM, Channel, Status, base_confidence


class Certainty(StrEnum):
    SURE = "sure"
    LIKELY = "likely"
    GUESS = "guess"


CERTAINTY = {Certainty.SURE: 0.85, Certainty.LIKELY: 0.65, Certainty.GUESS: 0.45}


class Trait(StrEnum):
    """The traits of the method that can be seen as facts. Youth is left out on purpose: it is no attitude."""

    AHEAD_OF_OFFER = "ahead_of_offer"
    HEAVY_USER = "heavy_user"
    OPEN_TO_ELSEWHERE = "open_to_elsewhere"
    FOLLOWS = "follows"
    APPREHENSIVE = "apprehensive"
    LITTLE_INFORMED = "little_informed"
    UNCONCERNED = "unconcerned"
    BRAKES = "brakes"
    SKIPS_TRAINING = "skips_training"
    BOASTS_WITHOUT = "boasts_without"


TRAITS_OF = {
    Sociotype.TECHNOPHILE: (Trait.AHEAD_OF_OFFER, Trait.HEAVY_USER, Trait.OPEN_TO_ELSEWHERE),
    Sociotype.TECHNOMOUTON: (Trait.FOLLOWS, Trait.APPREHENSIVE),
    Sociotype.TECHNO_NO: (Trait.LITTLE_INFORMED, Trait.UNCONCERNED),
    Sociotype.TECHNONUL: (Trait.BRAKES, Trait.SKIPS_TRAINING, Trait.BOASTS_WITHOUT),
}


def observed_p(kind: Sociotype, certainty: Certainty) -> tuple[float, ...]:
    """The certainty on the type that was picked, the rest shared alike by the others."""
    own = CERTAINTY[certainty]
    rest = (1 - own) / (len(TYPES) - 1)
    return tuple(own if each == kind else rest for each in TYPES)


def observed_status(certainty: Certainty) -> Status:
    """The same lines as for answers; even a guess stands clear of a tie (.45 against .18)."""
    return Status.FIRM if CERTAINTY[certainty] >= FIRM_FROM else Status.WEAK


def observed_confidence(certainty: Certainty) -> float:
    """0…100, before ageing: nothing was left unanswered, the channel weighs 0.6."""
    return base_confidence(CERTAINTY[certainty], 12, Channel.OBSERVED)
