from typing import Any, Self

from django.db.models import QuerySet

from accounts.querysets import OwnedQuerySet
from accounts.rules import SEES_ALL


class OrderQuerySet(OwnedQuerySet):
    client_path = "client__"


class OrderLineQuerySet(OwnedQuerySet):
    client_path = "order__client__"


class ClientDayQuerySet(OwnedQuerySet):
    client_path = "client__"


class OrderImportQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own files; a file may hold rows of any client, so no other but who sees all sees it."""
        if not user.is_active or not user.may_import:
            return self.none()
        return self if user.role in SEES_ALL else self.filter(imported_by=user)
