from django.utils.translation import gettext_lazy as _

from accounts.rules import Role

ROLES = {
    Role.SALES: _("Sales"),
    Role.ACCOUNT_MANAGER: _("Account manager"),
    Role.DIRECTOR: _("Director"),
    Role.ADMINISTRATOR: _("Administrator"),
}
