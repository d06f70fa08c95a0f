"""From twelve answers to a profile, a type, and how sure we are (rule version ``RULE_VERSION``).

A scale is the mean of its answered statements, reversed ones turned round, and needs two answers of three.
The four scales are centred on their own mean, so that a habit of saying yes cancels, and compared with four
prototypes: ``p ∝ exp(−β·distance²)``. β is the compromise with the least log-loss on simulated answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clients.sociotypes.rules.instrument import CURRENT, SCALES, TYPES, Instrument, Sociotype
from common.reasons import Reason

RULE_VERSION = "sociotype-2026.1"
BETA = 0.8
FLAT_BELOW = 0.67
"""A range between the highest and the lowest scale below this says nothing about a type."""
TIE_BELOW = 0.10
PROBABLE_FROM, FIRM_FROM = 0.50, 0.65
NEEDED_PER_SCALE = 2
IDENTICAL_FROM, RUN_FROM, INCONSISTENT_FROM, FAST_BELOW_SECONDS = 10, 7, 2.25, 24.0
PROTOTYPES = np.array(
    [[1.0, -0.5, -1.0, -1.0], [0.0, 1.0, 0.0, 0.0], [-0.5, 0.0, 1.0, 0.0], [-1.0, -0.5, 0.0, 1.0]]
)
_CENTRED = PROTOTYPES - PROTOTYPES.mean(axis=1, keepdims=True)
Array = NDArray[Any]


class Channel(StrEnum):
    SELF = "self"
    PHONE = "phone"
    OBSERVED = "observed"


CHANNEL_WEIGHT = {Channel.SELF: 1.0, Channel.PHONE: 0.9, Channel.OBSERVED: 0.6}


class Status(StrEnum):
    INCOMPLETE = "incomplete"
    UNDETERMINED = "undetermined"
    TIE = "tie"
    WEAK = "weak"
    PROBABLE = "probable"
    FIRM = "firm"


STATUSES = tuple(Status)
TYPED = frozenset({Status.TIE, Status.WEAK, Status.PROBABLE, Status.FIRM})


class Flag(StrEnum):
    """Why an answer waits for a person's look."""

    STRAIGHT = "straight"
    INCONSISTENT = "inconsistent"
    FAST = "fast"


@dataclass(frozen=True)
class Scores:
    """Of n people, in the order given. NaN: not to be had. ``status`` and ``top`` index STATUSES and TYPES."""

    scales: Array  # n × 4: A, S, D, O
    p: Array  # n × 4, NaN where incomplete
    distances: Array  # n × 4: squared, to each prototype
    top: Array  # argmax of p; −1 without a type
    acts_as: Array  # the less ready of the two in a tie
    status: Array
    readiness: Array  # 0…100
    answered: Array
    straight: Array
    inconsistent: Array

    @property
    def second(self) -> Array:
        """The other type of a tie; −1 for all others."""
        order = np.argsort(-np.nan_to_num(self.p), axis=1, kind="stable")
        return np.where(self.status == STATUSES.index(Status.TIE), order[:, 1], -1)


def score_many(answers: Array, instrument: Instrument = CURRENT) -> Scores:
    """``answers``: n × 12 in the order of the instrument, 1…5, NaN where not answered."""
    answers = np.asarray(answers, dtype=float).reshape(-1, len(instrument.items))
    scales = _scales(answers, instrument)
    complete = np.logical_not(np.isnan(scales).any(axis=1))
    profile = np.where(complete[:, None], scales, np.nan)
    centred = profile - profile.mean(axis=1, keepdims=True)
    distances = ((centred[:, None, :] - _CENTRED[None, :, :]) ** 2).sum(axis=2)
    p = likelihoods(distances)
    spread = profile.max(axis=1) - profile.min(axis=1)
    status = statuses(p, flat=spread < FLAT_BELOW)
    typed = np.isin(status, [STATUSES.index(each) for each in TYPED])
    order = np.argsort(-np.nan_to_num(p), axis=1, kind="stable")
    tied = status == STATUSES.index(Status.TIE)
    return Scores(
        scales=scales, p=p, distances=distances, status=status,
        top=np.where(typed, order[:, 0], -1),
        acts_as=np.where(typed, np.where(tied, order[:, :2].max(axis=1), order[:, 0]), -1),
        readiness=100 * (2 * (profile[:, 0] - 1) + (5 - profile[:, 2]) + (5 - profile[:, 3])) / 16,
        answered=(~np.isnan(answers)).sum(axis=1),
        straight=_straight(answers), inconsistent=_inconsistent(answers, instrument),
    )  # fmt: skip


def likelihoods(distances: Array) -> Array:
    """Probabilities of the types from squared distances; shifted first so that nothing underflows."""
    weights = np.exp(-BETA * (distances - distances.min(axis=1, keepdims=True)))
    result: Array = weights / weights.sum(axis=1, keepdims=True)
    return result


def statuses(p: Array, flat: Array) -> Array:
    """Indices into STATUSES; a row of NaN is incomplete."""
    ordered = np.sort(p, axis=1)[:, ::-1]
    first, gap = ordered[:, 0], ordered[:, 0] - ordered[:, 1]
    tests = [np.isnan(first), flat, gap < TIE_BELOW, first >= FIRM_FROM, first >= PROBABLE_FROM]
    found = (Status.INCOMPLETE, Status.UNDETERMINED, Status.TIE, Status.FIRM, Status.PROBABLE)
    return np.select(tests, [STATUSES.index(each) for each in found], STATUSES.index(Status.WEAK))


def keyed(answers: Array, instrument: Instrument) -> Array:
    """Answers with the reversed statements turned round: high always means much of the scale."""
    turned = np.array([item.reversed for item in instrument.items])
    return np.where(turned, 6 - answers, answers)


def columns_of(instrument: Instrument) -> list[list[int]]:
    """Places of each scale's statements, in the order of SCALES."""
    return [[i for i, item in enumerate(instrument.items) if item.scale == scale] for scale in SCALES]


def _scales(answers: Array, instrument: Instrument) -> Array:
    values = keyed(answers, instrument)
    means = []
    for places in columns_of(instrument):
        counts = (~np.isnan(values[:, places])).sum(axis=1)
        sums = np.nansum(values[:, places], axis=1)
        means.append(np.where(counts >= NEEDED_PER_SCALE, sums / np.maximum(counts, 1), np.nan))
    return np.column_stack(means)


def _straight(answers: Array) -> Array:
    """Ten answers alike, or seven in a row; statements without an answer are passed over."""
    alike = np.stack([(answers == choice).sum(axis=1) for choice in range(1, 6)]).max(axis=0)
    longest, run, last = (np.zeros(len(answers)) for _ in range(3))
    for column in answers.T:
        given = ~np.isnan(column)
        run = np.where(given, np.where(column == last, run + 1, 1), run)
        last = np.where(given, column, last)
        longest = np.maximum(longest, run)
    return (alike >= IDENTICAL_FROM) | (longest >= RUN_FROM)


def _inconsistent(answers: Array, instrument: Instrument) -> Array:
    """Mean over the scales of what the statements with it and the turned one against it differ by."""
    gaps = []
    for places in columns_of(instrument):
        against = next(i for i in places if instrument.items[i].reversed)
        with_it = answers[:, [i for i in places if i != against]]
        counts = (~np.isnan(with_it)).sum(axis=1)
        mean = np.where(counts > 0, np.nansum(with_it, axis=1) / np.maximum(counts, 1), np.nan)
        gaps.append(np.abs(mean - (6 - answers[:, against])))
    table = np.column_stack(gaps)
    known = (~np.isnan(table)).sum(axis=1)
    return (np.nansum(table, axis=1) / np.maximum(known, 1)) >= INCONSISTENT_FROM


@dataclass(frozen=True)
class Score:
    """One person's result as pages and files show it. ``base_confidence`` is 0…100, before ageing."""

    scales: Mapping[str, float | None]
    type: Sociotype | None
    also: Sociotype | None
    acts_as: Sociotype | None
    p: tuple[float, ...] | None
    distances: tuple[float, ...] | None
    status: Status
    readiness: float | None
    base_confidence: float | None
    answered: int
    flags: tuple[Flag, ...]
    because: tuple[Reason, ...]


def score(
    answers: Sequence[int | None], *, channel: Channel = Channel.SELF, seconds: float | None = None,
    instrument: Instrument = CURRENT,
) -> Score:  # fmt: skip
    table = np.array([[np.nan if value is None else value for value in answers]], dtype=float)
    return scores_as_rows(score_many(table, instrument), [channel], [seconds])[0]


def scores_as_rows(
    found: Scores, channels: Sequence[Channel], seconds: Sequence[float | None]
) -> list[Score]:  # fmt: skip
    second = found.second
    return [_row(found, i, int(second[i]), channels[i], seconds[i]) for i in range(len(found.p))]


def _row(found: Scores, i: int, second: int, channel: Channel, seconds: float | None) -> Score:
    status = STATUSES[int(found.status[i])]
    top = _type(int(found.top[i]))
    p = None if status == Status.INCOMPLETE else tuple(found.p[i].tolist())
    answered = int(found.answered[i])
    scales = {scale.value: _known(value) for scale, value in zip(SCALES, found.scales[i], strict=True)}
    return Score(
        scales=scales, type=top, also=_type(second), acts_as=_type(int(found.acts_as[i])), p=p,
        distances=None if p is None else tuple(found.distances[i].tolist()), status=status,
        readiness=_known(found.readiness[i]),
        base_confidence=base_confidence(max(p), answered, channel) if p and top else None,
        answered=answered, flags=_flags(found, i, channel, seconds),
        because=_because(status, scales, top, _type(second), p),
    )  # fmt: skip


def base_confidence(p1: float, answered: int, channel: Channel, of: int = len(CURRENT.items)) -> float:
    return 100 * p1 * answered / of * CHANNEL_WEIGHT[channel]


def _type(index: int) -> Sociotype | None:
    return None if index < 0 else TYPES[index]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _flags(found: Scores, i: int, channel: Channel, seconds: float | None) -> tuple[Flag, ...]:
    fast = channel == Channel.SELF and seconds is not None and seconds < FAST_BELOW_SECONDS
    tests = {Flag.STRAIGHT: found.straight[i], Flag.INCONSISTENT: found.inconsistent[i], Flag.FAST: fast}
    return tuple(flag for flag, raised in tests.items() if raised)


def _because(
    status: Status, scales: Mapping[str, float | None], top: Sociotype | None, also: Sociotype | None,
    p: tuple[float, ...] | None,
) -> tuple[Reason, ...]:  # fmt: skip
    if status == Status.INCOMPLETE:
        missing = [scale for scale, value in scales.items() if value is None]
        return (Reason("scales_missing", {"scales": ", ".join(missing)}),)
    known = {scale: value for scale, value in scales.items() if value is not None}
    if status == Status.UNDETERMINED or top is None or p is None:
        return (Reason("profile_flat", {"range": max(known.values()) - min(known.values())}),)
    highest, lowest = max(known, key=lambda s: known[s]), min(known, key=lambda s: known[s])
    reasons = [
        Reason(f"highest_{highest}", {"value": known[highest]}),
        Reason(f"lowest_{lowest}", {"value": known[lowest]}),
        Reason("nearest_type", {"type": top.value, "p_rate": max(p)}),
    ]
    if also is not None:
        reasons.append(Reason("tied_with", {"type": also.value, "p_rate": p[TYPES.index(also)]}))
    return tuple(reasons)
