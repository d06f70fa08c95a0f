from typing import Any

from django.utils import timezone

from clients.duplicates.finding import find_duplicates
from common.commands import JsonCommand


class Command(JsonCommand):
    help = "Find clients that are likely one and keep the list of pairs to review."

    def run(self, **options: Any) -> dict[str, Any]:
        return find_duplicates(now=timezone.now())
