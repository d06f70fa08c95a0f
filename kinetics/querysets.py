from typing import Self

from django.db.models import QuerySet

from accounts.querysets import OwnedQuerySet
from kinetics.states import RunMode, RunState


class RunQuerySet(QuerySet):  # type: ignore[type-arg]
    def published(self) -> Self:
        return self.filter(state=RunState.PUBLISHED)

    def nights(self) -> Self:
        return self.filter(mode=RunMode.NIGHT)


class IndicatorQuerySet(OwnedQuerySet):
    client_path = "client__"
