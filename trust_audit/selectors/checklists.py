"""Which checklist is in force, and the one an audit keeps."""

from typing import Any

from trust_audit.checklists import SHIPPED, shipped, shipped_data
from trust_audit.models import ChecklistVersion
from trust_audit.rules.checklist import Checklist, read_checklist
from trust_audit.states import ChecklistState

_read: dict[str, Checklist] = {}


def current_key() -> str:
    """The firm's newest copy in force, else the shipped version."""
    own = ChecklistVersion.objects.filter(state=ChecklistState.IN_FORCE.value)
    return own.order_by("-activated_at", "-pk").values_list("key", flat=True).first() or SHIPPED


def data_of(key: str) -> dict[str, Any]:
    """Raises ``ChecklistVersion.DoesNotExist`` for a key nobody knows."""
    if key == SHIPPED:
        return shipped_data()
    content: dict[str, Any] = ChecklistVersion.objects.get(key=key).content
    return content


def checklist(key: str) -> Checklist:
    """A version in force never changes; read once per process and content."""
    if key == SHIPPED:
        return shipped()
    row = ChecklistVersion.objects.only("content", "state", "activated_at").get(key=key)
    if row.state == ChecklistState.DRAFT:
        return read_checklist(row.content)
    stamp = f"{key}:{row.activated_at:%Y%m%d%H%M%S%f}"
    if stamp not in _read:
        _read[stamp] = read_checklist(row.content)
    return _read[stamp]


def draft() -> ChecklistVersion | None:
    found: ChecklistVersion | None = ChecklistVersion.objects.filter(state=ChecklistState.DRAFT.value).first()
    return found
