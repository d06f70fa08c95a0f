from clients.models.activity import Interaction, Task
from clients.models.client import Client, Tag
from clients.models.duplicates import DuplicatePair, PersonPair
from clients.models.exports import ExportFile
from clients.models.journal import Batch, Change
from clients.models.people import BuyingUnit, Consent, MergedPerson, Person, UnitMembership
from clients.models.privacy import Erasure, RetentionNotice, RetentionRule, Suppression, Trail
from clients.models.sociotypes import (
    AnswerSheet,
    Invitation,
    ItemAnswer,
    LinkUse,
    QuestionnaireOptOut,
    QuestionnaireRound,
    SociotypeResult,
)
from clients.models.views import SavedView

__all__ = [
    "AnswerSheet", "Batch", "BuyingUnit", "Change", "Client", "Consent", "DuplicatePair", "Erasure", "ExportFile",
    "Interaction", "Invitation", "ItemAnswer", "LinkUse", "MergedPerson", "Person", "PersonPair", "QuestionnaireOptOut", "QuestionnaireRound", "RetentionNotice",
    "RetentionRule", "SavedView", "SociotypeResult", "Suppression", "Tag", "Task", "Trail", "UnitMembership",
]  # fmt: skip
