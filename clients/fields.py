"""Choosing a client by writing: a text field that suggests while one types, and works without scripts."""

import re
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.rules import Act
from clients.models import Client
from common.text import clean

_REFERENCE = re.compile(r"\(([^()]+)\)$")


class ClientPickInput(forms.TextInput):
    template_name = "clients/widgets/pick.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["url"] = str(reverse_lazy("clients:pick"))
        context["widget"]["list_id"] = f"{context['widget']['attrs'].get('id', name)}-list"
        return context


class ClientPickField(forms.CharField):
    """Takes a reference, a whole name, or what the list suggests: "Name (reference)".

    ``clean`` gives the client, among those with whom ``user`` may do ``act``; a foreign one is as
    unknown as one that does not exist. Set ``user`` before the form is bound to a request.
    """

    widget = ClientPickInput
    default_error_messages = {
        "unknown": _("No client you may see has this reference or name."),
        "several": _("Several clients have this name; write the reference."),
    }

    def __init__(self, *, act: Act = Act.SEE, **kwargs: Any) -> None:
        super().__init__(max_length=300, **kwargs)
        self.act = act
        self.user: Any = None
        self.help_text = kwargs.get("help_text") or _("Reference or name; suggestions appear as you write.")

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, Client) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> Any:
        text = clean(super().clean(value))
        if not text:
            return None
        visible = Client.objects.visible_to(self.user, act=self.act)
        ending = _REFERENCE.search(text)
        for reference in (text, ending.group(1) if ending else ""):
            if reference and (client := visible.filter(ref=reference).first()):
                return client
        found = list(visible.filter(name=text)[:2])
        if len(found) != 1:
            raise forms.ValidationError(self.error_messages["several" if found else "unknown"])
        return found[0]


def written(client: Client) -> str:
    return f"{client.name} ({client.ref})"
