from clients.services.activity import (
    log_interaction,
    open_task,
    postpone_task,
    postponed_to,
    save_task,
    set_task_state,
)
from clients.services.people import give_consent, save_person, self_people, self_person, withdraw_consent
from clients.services.records import Stale, delete_record, save_client, save_record, tags_named
from clients.services.units import Overlap, join_unit, leave_unit, save_unit

__all__ = [
    "Overlap", "Stale", "delete_record", "give_consent", "join_unit", "leave_unit", "log_interaction", "open_task",
    "postpone_task", "postponed_to", "save_client", "save_person", "save_record", "save_task", "save_unit",
    "self_people", "self_person", "set_task_state", "tags_named", "withdraw_consent",
]  # fmt: skip
