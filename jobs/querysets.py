from typing import Any

from django.db import models


class JobQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "JobQuerySet":
        """A person follows the own jobs; who configures the product follows all."""
        return self if user.may_configure else self.filter(requested_by=user)
