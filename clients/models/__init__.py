from clients.models.activity import Interaction, Task
from clients.models.client import Client, Tag
from clients.models.journal import Batch, Change
from clients.models.people import BuyingUnit, Consent, Person, UnitMembership
from clients.models.views import SavedView

__all__ = [
    "Batch", "BuyingUnit", "Change", "Client", "Consent", "Interaction", "Person", "SavedView", "Tag", "Task",
    "UnitMembership",
]  # fmt: skip
