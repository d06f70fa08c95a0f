"""The cards of the week draw their icons by reference: each one must be on the page, outside of what htmx swaps."""

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "attention"


def test_every_icon_of_a_card_is_drawn_outside_of_the_swapped_week() -> None:
    week = (TEMPLATES / "week.html").read_text(encoding="utf-8")
    card = (TEMPLATES / "card.html").read_text(encoding="utf-8")
    before, _swapped = week.split("{% partialdef week", 1)
    declared = re.search(r"{% icon_symbols ([^%]+) %}", before)
    assert declared is not None
    assert sorted(re.findall(r'"([^"]+)"', declared[1])) == sorted(
        set(re.findall(r'icon_again "([^"]+)"', card))
    )
