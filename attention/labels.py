from django.utils.translation import gettext_lazy as _

from attention.rules import LineState

LINE_STATES = {
    LineState.OPEN: _("To do"),
    LineState.DONE: _("Done"),
    LineState.SNOOZED: _("Snoozed"),
    LineState.WRONG: _("Wrong"),
}
