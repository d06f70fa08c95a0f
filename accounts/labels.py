from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.rules import Role

ROLES = {
    Role.SALES: pgettext_lazy("role", "Sales"),
    Role.ACCOUNT_MANAGER: _("Account manager"),
    Role.DIRECTOR: _("Director"),
    Role.ADMINISTRATOR: _("Administrator"),
}
