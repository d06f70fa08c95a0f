"""Reads of imports for pages."""

from typing import Any

from django.apps import apps
from django.utils.text import capfirst

from intake.models import RecordImport
from intake.rules import State
from intake.undoing import Obstacle


def recent_imports(user: Any, most: int = 50) -> list[RecordImport]:
    imports = RecordImport.objects.visible_to(user).select_related("imported_by", "job")
    return list(imports.order_by("-created_at", "-pk")[:most])


def same_file_before(record_import: RecordImport, user: Any) -> RecordImport | None:
    """The last finished import of the same bytes as the same kind among those ``user`` may see."""
    same = RecordImport.objects.visible_to(user).filter(
        sha256=record_import.sha256, kind=record_import.kind, state=State.DONE
    )
    return same.exclude(pk=record_import.pk).order_by("-finished_at").first()


def name_of(label: str) -> str:
    """What people call the records of a model, in the plural."""
    return capfirst(str(apps.get_model(label)._meta.verbose_name_plural))


def shown_obstacles(obstacles: list[Obstacle]) -> list[dict[str, Any]]:
    """What stands in the way of undoing, in words a template prints."""
    return [
        {
            "kind": one.kind, "records": name_of(one.model), "by": name_of(one.by) if one.by else "",
            "count": one.count, "examples": one.examples,
        }
        for one in obstacles
    ]  # fmt: skip
