"""The checklist and the reasons in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from common.reasons import Reason
from common.wording import explain
from trust_audit.labels import ANSWER_WORDS, FAMILIES, LEVEL_WORDS, REASONS
from trust_audit.rules.checklist import LANGUAGES, Criterion, Family, Scale

PROBE_REASONS: dict[str, Any] = {}
"""Sentences of the probes; filled in ``ready``."""


def language() -> str:
    code = (get_language() or "en")[:2]
    return code if code in LANGUAGES else "en"


def in_words(words: Mapping[str, str]) -> str:
    return words.get(language()) or words.get("en", "")


def level_word(criterion: Criterion, level: int) -> str:
    words = ANSWER_WORDS if criterion.scale == Scale.YES_PARTIAL_NO else LEVEL_WORDS
    return str(words.get(level, LEVEL_WORDS[level]))


def sentence(reason: Reason | Mapping[str, Any]) -> str:
    """A reason of the score or of a comparison; families by their name."""
    one = reason if isinstance(reason, Reason) else Reason.from_json(reason)
    name = one.values.get("name")
    if name in list(Family):
        one = Reason(one.code, dict(one.values) | {"name": str(FAMILIES[Family(name)])})
    return explain(one, REASONS)


def probe_sentence(reason: Mapping[str, Any]) -> str:
    """A probe's reason; its bare code when a later version of the probes dropped the sentence."""
    if reason.get("code") not in PROBE_REASONS:
        return str(reason.get("code", ""))
    return explain(reason, PROBE_REASONS)
