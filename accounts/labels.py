from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.rules import Act, Reach, Role

ROLES = {
    Role.SALES: pgettext_lazy("role", "Sales"),
    Role.ACCOUNT_MANAGER: _("Account manager"),
    Role.DIRECTOR: _("Director"),
    Role.ADMINISTRATOR: _("Administrator"),
}
ACTS = {
    Act.SEE: pgettext_lazy("right", "See"),
    Act.EDIT: pgettext_lazy("right", "Edit"),
    Act.ASSIGN: pgettext_lazy("right", "Assign"),
    Act.EXPORT: pgettext_lazy("right", "Export"),
    Act.IMPORT: pgettext_lazy("right", "Import"),
    Act.MERGE: pgettext_lazy("right", "Merge"),
    Act.ERASE: pgettext_lazy("right", "Erase"),
    Act.CONFIGURE: pgettext_lazy("right", "Configure"),
}
REACHES = {
    Reach.NONE: pgettext_lazy("reach", "None"),
    Reach.OWN: pgettext_lazy("reach", "Own clients"),
    Reach.TEAM: pgettext_lazy("reach", "Clients of the team"),
    Reach.ALL: pgettext_lazy("reach", "All clients"),
}
