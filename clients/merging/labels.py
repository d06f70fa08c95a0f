from django.utils.translation import gettext_lazy as _

MERGE_REFUSALS = {
    "same": _("A client cannot be merged with itself."),
    "not_active": _("One of the two was merged or erased meanwhile; nothing was changed."),
    "is_client": _(
        "This record is the private client as a person: let it stay, and the other one go into it."
    ),
}
UNDO_REFUSALS = {
    "done": _("This merge was undone already."),
    "late": _("A merge can be undone for 30 days; they are over."),
    "changed": _("Nothing was changed: %(model)s that the merge moved were changed or merged again since. Undo that first."),
}  # fmt: skip
