"""All lists of the site by key. An app adds its own in ``AppConfig.ready``."""

from typing import Any

from common.lists.spec import ListSpec

_lists: dict[str, ListSpec] = {}


def add(spec: ListSpec) -> None:
    _lists[spec.key] = spec


def get(key: str) -> ListSpec | None:
    return _lists.get(key)


def lists_for(user: Any) -> list[ListSpec]:
    return sorted((spec for spec in _lists.values() if spec.allowed(user)), key=lambda spec: spec.position)
