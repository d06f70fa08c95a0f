"""Writes of the weekly lists: freeze once, mail once, answer."""

from attention.services.answers import answer_line
from attention.services.freezing import freeze_lists
from attention.services.sending import ensure_lists, send_lists
from attention.services.tasks import open_line_task

__all__ = ["answer_line", "ensure_lists", "freeze_lists", "open_line_task", "send_lists"]
