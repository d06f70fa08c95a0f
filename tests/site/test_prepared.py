import gettext
from pathlib import Path
from typing import Any

from cmix_site import prepared

PO = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "My week"
msgstr "Ma semaine"

#, fuzzy
msgid "Clients"
msgstr "Peut-être"
"""


def test_translations_are_compiled_once(tmp_path: Path, settings: Any) -> None:
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO)
    settings.LOCALE_PATHS = [tmp_path]
    assert prepared.translations() == ["fr"]
    assert prepared.translations() == []
    words = gettext.GNUTranslations((folder / "django.mo").open("rb"))
    # A fuzzy entry is a guess, and a guess is not shown.
    assert (words.gettext("My week"), words.gettext("Clients")) == ("Ma semaine", "Clients")


def test_static_files_are_collected_once(tmp_path: Path, settings: Any) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.css").write_text("body {}")
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [source], tmp_path / "var" / "static"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    from django.contrib.staticfiles.finders import get_finder

    get_finder.cache_clear()
    try:
        assert [prepared.static_files() for _ in range(2)] == [True, False]
        (source / "b.css").write_text("main {}")
        assert [prepared.static_files() for _ in range(2)] == [True, False]
        assert sorted(file.name for file in settings.STATIC_ROOT.iterdir()) == ["a.css", "b.css"]
    finally:
        get_finder.cache_clear()
