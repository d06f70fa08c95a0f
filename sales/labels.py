from django.utils.translation import gettext_lazy as _

from sales.rules import ImportState

IMPORT_STATES = {
    ImportState.UPLOADED: _("To be confirmed"),
    ImportState.QUEUED: _("Importing"),
    ImportState.DONE: _("Imported"),
    ImportState.REFUSED: _("Refused"),
}
