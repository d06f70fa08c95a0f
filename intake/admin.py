from django.contrib import admin

from accounts.admin import ReadOnlyAdmin
from intake.models import RecordImport


@admin.register(RecordImport)
class RecordImportAdmin(ReadOnlyAdmin):
    """Account managers read their own imports; a new one begins on its page."""

    manager_may = frozenset({"view"})
    list_display = ["file_name", "kind", "state", "imported_by", "created_at"]
    list_filter = ["kind", "state"]
    list_select_related = ["imported_by"]
