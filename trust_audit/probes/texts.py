"""Presentation: accessibility, texts, honest persuasion (PRE-05, PRE-07, PRE-08)."""

import re

from trust_audit.crawling.lexicon import Target, folded
from trust_audit.crawling.visitor import Page
from trust_audit.probes.draft import Draft
from trust_audit.probes.registry import hinting
from trust_audit.probes.subject import Subject
from trust_audit.probes.types import Proposal

STATEMENT_LEVEL = re.compile(
    r"(?:totalement|partiellement|non) conforme|(?:fully|partially|not) (?:conformant|compliant)"
)
WITHOUT_ALT, WITHOUT_LABEL = 0.05, 0.1


@hinting("PRE-05")
def accessibility(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.readable
    statement = subject.pages_for(Target.ACCESSIBILITY)
    level = subject.search(STATEMENT_LEVEL, [*statement, subject.home])
    images = sum(page.doc.images for page in pages)
    bare = sum(page.doc.images_without_alt for page in pages)
    fields = [field for page in pages for field in page.doc.fields]
    unlabelled = sum(not field.labelled for field in fields)
    without_lang = [page for page in pages if not page.doc.lang]
    without_title = [page for page in pages if not any(level == 1 for level, _ in page.doc.headings)]
    draft.see(*statement[:1], *without_lang[:2], subject.home)
    draft.fact(
        statement=bool(statement), level=level[1] if level else "", images=images, without_alt=bare, fields=len(fields),
        unlabelled=unlabelled, without_lang=len(without_lang), without_heading=len(without_title), pages=len(pages),
    )  # fmt: skip
    if statement:
        draft.say("access.statement", words=level[1] if level else "–")
    else:
        draft.alarm("access.no_statement")
    if without_lang:
        draft.alarm("access.no_lang", count=len(without_lang), of=len(pages))
    if images and bare > WITHOUT_ALT * images:
        draft.alarm("access.no_alt", count=bare, of=images)
    if fields and unlabelled > WITHOUT_LABEL * len(fields):
        draft.alarm("access.no_label", count=unlabelled, of=len(fields))
    if len(without_title) > 0.1 * len(pages):
        draft.alarm("access.no_heading", count=len(without_title), of=len(pages))
    return draft.hint(0.6)


# The commonest short words of each language that the others do not share.
STOPWORDS = {
    "fr": {
        "les",
        "des",
        "est",
        "une",
        "pour",
        "dans",
        "vous",
        "nous",
        "avec",
        "sur",
        "votre",
        "nos",
        "aux",
        "qui",
    },
    "en": {
        "the",
        "and",
        "for",
        "you",
        "with",
        "your",
        "our",
        "are",
        "this",
        "from",
        "that",
        "have",
        "of",
        "to",
    },
    "de": {
        "der",
        "die",
        "das",
        "und",
        "mit",
        "fur",
        "sie",
        "ist",
        "nicht",
        "auf",
        "wir",
        "ein",
        "eine",
        "ihre",
    },
    "es": {
        "los",
        "las",
        "para",
        "con",
        "una",
        "por",
        "su",
        "del",
        "como",
        "nuestro",
        "mas",
        "usted",
        "y",
        "el",
    },
}
FILLER = re.compile(
    r"lorem ipsum|dolor sit amet|texte a venir|placeholder text|your text here|votre texte ici"
)
COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)\D{0,30}((?:19|20)\d\d)(?:\s*[-–]\s*((?:19|20)\d\d))?")


def spoken_language(text: str) -> str:
    """The language whose common words the text holds clearly most of; empty when it cannot be told."""
    words = re.findall(r"[a-z]+", folded(text[:5000]))
    if len(words) < 40:
        return ""
    counts = sorted(
        ((sum(word in own for word in words), lang) for lang, own in STOPWORDS.items()), reverse=True
    )
    (most, lang), (second, _) = counts[0], counts[1]
    return lang if most >= 0.05 * len(words) and most >= 2 * second else ""


@hinting("PRE-07")
def texts(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.readable
    filler = subject.search(FILLER)
    other = [page for page in pages if _is_other_language(page)]
    years = [
        int(match.group(2) or match.group(1))
        for page in pages[:5]
        for match in COPYRIGHT.finditer(subject.text_of(page))
    ]
    year = max((one for one in years if one <= subject.today.year + 1), default=None)
    draft.see(filler[0] if filler else None, *other[:2], subject.home)
    draft.fact(
        filler=filler[1] if filler else "", other_language=len(other), copyright_year=year, pages=len(pages)
    )
    if filler:
        draft.alarm("texts.filler", words=filler[1])
    if other:
        draft.alarm("texts.other_language", count=len(other), of=len(pages))
    if year is not None and year < subject.today.year - 1:
        draft.alarm("texts.old_year", year=str(year))
    if not draft.alarms:
        draft.say("texts.fine", of=len(pages))
    return draft.hint(0.5)


def _is_other_language(page: Page) -> bool:
    spoken, declared = spoken_language(page.doc.text), page.doc.lang[:2]
    return bool(spoken and declared in STOPWORDS and spoken != declared)


HURRY = re.compile(
    r"plus que \d+ ?(?:minutes?|heures?|h\b|min)|offre (?:expire|se termine) dans|only \d+ (?:minutes?|hours?) left|hurry"
)


@hinting("PRE-08")
def persuasion(subject: Subject, draft: Draft) -> Proposal:
    pages = subject.readable
    ticked = [
        page for page in pages if any(field.kind == "checkbox" and field.checked for field in page.doc.fields)
    ]
    hurry = subject.search(HURRY)
    timed = [page for page in pages if page.doc.timers]
    draft.see(*ticked[:2], *timed[:2], hurry[0] if hurry else None, subject.home)
    draft.fact(pre_ticked=len(ticked), timers=len(timed), hurry=hurry[1] if hurry else "")
    if ticked:
        draft.alarm("persuasion.ticked", count=len(ticked))
    if timed or hurry:
        draft.alarm("persuasion.timer", count=max(len(timed), 1))
    if not draft.alarms:
        draft.say("persuasion.none", of=len(pages))
    return draft.hint(0.5)
