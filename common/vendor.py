"""Browser libraries come from the npm lock file; only the files named here are ever served."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage

FILES = {
    "vendor/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "vendor/bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "vendor/echarts.min.js": "echarts/dist/echarts.min.js",
    "vendor/inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "vendor/inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
}


class VendorFinder(BaseFinder):
    """Serves ``vendor/…`` names out of ``node_modules``, file by file."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        self.root = Path(settings.VENDOR_DIR)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        missing = [source for source in FILES.values() if not (self.root / source).is_file()]
        if not missing:
            return []
        return [
            Error(
                f"Browser libraries are missing: {', '.join(missing)}.",
                hint="Run make install (it runs manage.py vendor).",
                id="cmix.E001",
            )
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | list[str] | None:  # type: ignore[override]
        source = FILES.get(path)
        found = str(self.root / source) if source and (self.root / source).is_file() else None
        if find_all:
            return [found] if found else []
        return found or []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, "RenamedStorage"]]:  # type: ignore[override]
        storage = RenamedStorage(location=str(self.root))
        for path in FILES:
            yield path, storage


_SOURCE_MAP = re.compile(rb"/[*/]# sourceMappingURL=\S+(?: \*/)?")


class RenamedStorage(FileSystemStorage):
    """Opens the file of ``node_modules`` behind a served name."""

    prefix = ""

    def path(self, name: str) -> str:
        return super().path(FILES.get(name, name))

    def _open(self, name: str, mode: str = "rb") -> File:
        """Without the comment that names a source map: it is not served, and its absence stops
        collectstatic."""
        file = super()._open(name, mode)  # type: ignore[misc]
        if not name.endswith((".css", ".js")):
            return file
        with file:
            return ContentFile(_SOURCE_MAP.sub(b"", file.read()), name)
