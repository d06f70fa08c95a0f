from django.utils.translation import gettext_lazy as _

from clients.rules import ClientKind

KINDS = {ClientKind.COMPANY: _("Company"), ClientKind.PERSON: _("Private person")}
