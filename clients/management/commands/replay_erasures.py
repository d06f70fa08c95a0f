from typing import Any

from django.utils import timezone

from clients.personal.replay import replay_erasures
from common.commands import JsonCommand


class Command(JsonCommand):
    help = "After a backup was restored: erase again whom it brought back."

    def run(self, **options: Any) -> dict[str, Any]:
        return replay_erasures(now=timezone.now())
