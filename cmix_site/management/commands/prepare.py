"""``manage.py prepare``: static files and translations, as make install wants them."""

from typing import Any

from cmix_site import prepared
from common.commands import JsonCommand


class Command(JsonCommand):
    help = "Collect the static files and compile the translations, where a source changed."

    def run(self, **options: Any) -> dict[str, Any]:
        languages = prepared.translations()
        return {"translations": languages, "static_files": prepared.static_files()}
