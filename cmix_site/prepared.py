"""What is made from the sources before the first page: static files and compiled translations.

Both are made again only when a source changed.
"""

import fcntl
import hashlib
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def static_files() -> bool:
    """Collect the static files when one of them changed; returns whether they had.

    Files of former versions stay, for the pages that still show them.
    """
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with root.with_suffix(".stamp").open("a+") as stamp:
        fcntl.flock(stamp, fcntl.LOCK_EX)  # one at a time
        stamp.seek(0)
        state = _state_of_static_files()
        if stamp.read() == state:
            return False
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.truncate(0)
        stamp.write(state)
    return True


def _state_of_static_files() -> str:
    digest = hashlib.sha256(settings.STATIC_URL.encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            file = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{file.st_size}\0{file.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def translations() -> list[str]:
    """Compile each ``.po`` that is newer than its ``.mo``, without GNU gettext; returns their languages."""
    compiled = []
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
                continue
            _compile(source, target)
            compiled.append(source.parent.parent.name)
    return compiled


def _compile(source: Path, target: Path) -> None:
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name)
    half_written = target.with_suffix(".tmp")
    with half_written.open("wb") as file:
        write_mo(file, catalogue)
    half_written.replace(target)
