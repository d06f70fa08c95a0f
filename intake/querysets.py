from typing import Any, Self

from django.db.models import QuerySet

from accounts.rights import may, sees_all
from accounts.rules import Act


class RecordImportQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own files; a file may hold rows of any client, so no other but who sees all sees it."""
        if not may(user, Act.IMPORT):
            return self.none()
        return self if sees_all(user) else self.filter(imported_by=user)


class LayoutQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own: the columns of a file say what somebody works with."""
        return self.filter(owner_id=user.pk)
