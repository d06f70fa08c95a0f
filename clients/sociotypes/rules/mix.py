"""How many people are of each type, told so that nobody is recognised by being one of few. Pure."""

from collections.abc import Mapping

MIX_FROM = 10
"""People whose types are known, below which no mix is told at all."""
LEAST = 5
"""Smaller groups are not counted out."""


def told_mix(counts: Mapping[str, int]) -> dict[str, int | None] | None:
    """The counts with those of small groups withheld (None). A count that could be worked out from the
    total, because it alone is withheld or those withheld are few together, takes the next smallest along."""
    if sum(counts.values()) < MIX_FROM:
        return None
    present = sorted((count, name) for name, count in counts.items() if count)
    withheld = {name for count, name in present if count < LEAST}
    rest = [(count, name) for count, name in present if name not in withheld]
    if withheld:
        together = sum(counts[name] for name in withheld)
        while rest and (len(withheld) < 2 or together < LEAST):
            count, name = rest.pop(0)
            withheld.add(name)
            together += count
    return {name: None if name in withheld else count for name, count in counts.items()}
