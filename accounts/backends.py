from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.models import User


class UserBackend(ModelBackend):
    """Django's own; who is signed in comes with the team, which every page names, and with the stored table
    of rights: a change counts from the next request on in every process, and no page asks one query more."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.with_rights().select_related("team").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
