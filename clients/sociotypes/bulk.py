"""The questionnaire among the acts on ticked clients."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from accounts.rules import Act
from clients.bulk.registry import BulkAct, Values, add_bulk_act
from common.lists.state import ListState


def _sentence(values: Values, count: int, user: Any) -> str:
    text = ngettext(
        "You see who of %(count)s client would be asked; nothing is sent before you start the round.",
        "You see who of %(count)s clients would be asked; nothing is sent before you start the round.",
        count,
    )
    return text % {"count": count}


def to_round(
    *, state: ListState, ids: Sequence[int] | None, values: Values, user: Any, now: datetime
) -> HttpResponseRedirect:
    """On to the preview of a round; the whole list goes along as its own address, however long it is."""
    asked = {"listed": state.address()[1:]} if ids is None else {"clients": ",".join(map(str, ids))}
    return HttpResponseRedirect(f"{reverse('sociotypes:new')}?{urlencode(asked, safe=',')}")


def register() -> None:
    add_bulk_act(BulkAct(
        "questionnaire", "clients", gettext_lazy("Send questionnaire"), "ui-checks", 50, Act.EDIT, _sentence, None,
        respond=to_round,
    ))  # fmt: skip
