"""Words a note about a person had better not hold: judgements, and what the law calls special (GDPR art. 9).

The CNIL asks that free text stay objective, and the person may read it. A hit warns; it never blocks, for
a word may be harmless where it stands ("un vin piqué, client mécontent").
"""

import re

from common.text import searchable

_STEMS = (
    # judgements, French
    "idiot", "imbecile", "cretin", "con", "connard", "connasse", "debile", "abruti", "nul", "nulle", "incompetent",
    "incompetente", "fou", "folle", "menteur", "menteuse", "voleur", "voleuse", "escroc", "radin", "radine", "penible",
    "chiant", "chiante", "alcoolique", "ivrogne", "agressif", "agressive", "hysterique", "moche", "gros porc", "salaud",
    "technonul", "technomouton",
    # judgements, English
    "stupid", "dumb", "moron", "jerk", "asshole", "bastard", "liar", "crook", "crazy", "incompetent", "lazy",
    "alcoholic", "drunkard", "ugly", "rude", "hysterical",
    # health, origin, belief, union, sex life; both languages
    "malade", "maladie", "cancer", "depression", "depressif", "depressive", "handicape", "handicapee", "enceinte", "sida",
    "vih", "burn-out", "illness", "disabled", "pregnant", "depressed", "hiv", "juif", "juive", "musulman", "musulmane",
    "catholique", "chretien", "chretienne", "jewish", "muslim", "catholic", "religion", "syndique", "syndiquee",
    "syndicaliste", "trade unionist", "homosexuel", "homosexuelle", "lesbienne", "gay", "lesbian", "arabe", "race",
    "ethnie", "ethnic", "extreme droite", "extreme gauche", "casier judiciaire", "criminal record",
)  # fmt: skip
_WORDS = re.compile(r"(?<!\w)(" + "|".join(re.escape(stem) for stem in _STEMS) + r")s?(?!\w)")


def doubtful_words(text: str) -> list[str]:
    """The words of the list in the text, accents and case folded, each once, in order."""
    return list(dict.fromkeys(match.group(1) for match in _WORDS.finditer(searchable(text))))
