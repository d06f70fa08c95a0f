from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet

from accounts.models import User
from common.prepared import prepared


class UserBackend(ModelBackend):
    """Django's own; who is signed in comes with the team, which every page names, and with the stored table
    of rights: a change counts from the next request on in every process, and no page asks one query more."""

    def get_user(self, user_id: Any) -> User | None:
        found = _user(int(user_id))
        return found[0] if found and self.user_can_authenticate(found[0]) else None


@prepared
def _user(pk: int) -> QuerySet[User]:
    return User.objects.with_rights().select_related("team").filter(pk=pk)
