from typing import Any, Self

from django.db.models import QuerySet

from accounts.querysets import OwnedQuerySet
from accounts.rights import may, sees_all
from accounts.rules import Act


class OrderQuerySet(OwnedQuerySet):
    client_path = "client__"


class OrderLineQuerySet(OwnedQuerySet):
    client_path = "order__client__"


class ClientDayQuerySet(OwnedQuerySet):
    client_path = "client__"


class OrderImportQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own files; a file may hold rows of any client, so no other but who sees all sees it."""
        if not may(user, Act.IMPORT):
            return self.none()
        return self if sees_all(user) else self.filter(imported_by=user)
