"""The radar of six families as points of an SVG: drawn by the server, so that it needs no script."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trust_audit.rules.checklist import Family

WIDTH, HEIGHT, RADIUS = 440, 340, 112
CENTRE_X, CENTRE_Y = WIDTH / 2, HEIGHT / 2
RINGS = (25, 50, 75, 100)
FAINTEST = 0.25


@dataclass(frozen=True)
class Series:
    """``scores`` by family, 0 to 100, None unknown; ``css`` names its colours."""

    name: str
    css: str
    scores: Mapping[Family, float | None]


@dataclass(frozen=True)
class Axis:
    family: Family
    label: str
    x: str
    y: str
    label_x: str
    label_y: str
    anchor: str
    opacity: str  # the coverage: what was not tested fades


@dataclass(frozen=True)
class Shape:
    name: str
    css: str
    points: str
    dots: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Radar:
    rings: tuple[str, ...]
    axes: tuple[Axis, ...]
    shapes: tuple[Shape, ...]
    width: int = WIDTH
    height: int = HEIGHT


def _point(index: int, value: float, reach: float = RADIUS) -> tuple[float, float]:
    angle = math.pi / 3 * index - math.pi / 2
    return CENTRE_X + reach * value / 100 * math.cos(angle), CENTRE_Y + reach * value / 100 * math.sin(angle)


def _text(point: tuple[float, float]) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"


def _axis(index: int, family: Family, label: str, coverage: float) -> Axis:
    end, name = _point(index, 100), _point(index, 100, RADIUS + 16)
    side = name[0] - CENTRE_X
    anchor = "middle" if abs(side) < 1 else ("start" if side > 0 else "end")
    return Axis(
        family, label, f"{end[0]:.1f}", f"{end[1]:.1f}", f"{name[0]:.1f}", f"{name[1] + 4:.1f}", anchor,
        f"{FAINTEST + (1 - FAINTEST) * coverage:.2f}",
    )  # fmt: skip


def radar(
    series: Sequence[Series], labels: Mapping[Family, str], coverage: Mapping[Family, float | None]
) -> Radar:
    """A family without a score gets no dot; the shape then runs through the families that have one."""
    families = list(Family)
    return Radar(
        rings=tuple(" ".join(_text(_point(i, ring)) for i in range(len(families))) for ring in RINGS),
        axes=tuple(
            _axis(i, family, str(labels[family]), coverage.get(family) or 0.0)
            for i, family in enumerate(families)
        ),
        shapes=tuple(_shape(one, families) for one in series),
    )


def _shape(one: Series, families: Sequence[Family]) -> Shape:
    known = [
        _point(index, score)
        for index, family in enumerate(families)
        if (score := one.scores.get(family)) is not None
    ]
    return Shape(
        one.name, one.css, " ".join(map(_text, known)), tuple((f"{x:.1f}", f"{y:.1f}") for x, y in known)
    )
