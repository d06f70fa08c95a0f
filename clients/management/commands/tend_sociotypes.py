from typing import Any

from django.utils import timezone

from clients.sociotypes.services.tending import tend
from common.commands import JsonCommand


class Command(JsonCommand):
    help = "Send reminders of questionnaires, ask again in month 17, forget what is too old or refused."

    def run(self, **options: Any) -> dict[str, Any]:
        return tend(timezone.now())
