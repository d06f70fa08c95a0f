from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.models import Batch
from intake.labels import KINDS, MODES, STATES
from intake.querysets import LayoutQuerySet, RecordImportQuerySet
from intake.rules import Kind, Mode, State
from jobs.models import Job


class RecordImport(models.Model):
    """One file of records or orders: where it lies, how it was read, what came of it."""

    kind = models.CharField(
        _("kind"), max_length=12, choices=[(kind.value, label) for kind, label in KINDS.items()]
    )
    file_name = models.CharField(_("file"), max_length=200)
    stored_as = models.CharField(max_length=200, blank=True)  # below CMIX_DATA_DIR/files
    sha256 = models.CharField(max_length=64, blank=True)
    mapping = models.JSONField(_("mapping"), default=dict)
    mode = models.CharField(
        _("mode"), max_length=8, default=Mode.UPSERT.value,
        choices=[(mode.value, label) for mode, label in MODES.items()],
    )  # fmt: skip
    dry_run = models.BooleanField(_("only tried"), default=False)
    legal_basis = models.CharField(_("legal basis"), max_length=20, blank=True, default="")
    source = models.CharField(_("source"), max_length=120, blank=True, default="")
    state = models.CharField(
        _("state"), max_length=12, default=State.UPLOADED.value,
        choices=[(state.value, label) for state, label in STATES.items()],
    )  # fmt: skip
    counts = models.JSONField(_("counts"), default=dict)
    problem = models.JSONField(_("problem"), default=dict, blank=True)  # a Reason; empty when none
    rejects_stored_as = models.CharField(max_length=200, blank=True)
    job = models.ForeignKey(
        Job, related_name="record_imports", on_delete=models.SET_NULL, null=True, blank=True
    )
    batch = models.ForeignKey(
        Batch, related_name="record_imports", on_delete=models.SET_NULL, null=True, blank=True
    )
    owner_of_new = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner of new clients"), related_name="+",
        on_delete=models.PROTECT, null=True, blank=True,
    )  # fmt: skip
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("imported by"), related_name="record_imports",
        on_delete=models.PROTECT, null=True, blank=True,
    )  # fmt: skip
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = RecordImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in Kind]), name="record_import_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in State]),
                name="record_import_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("intake:import", args=[self.pk])


class KeptRow(models.Model):
    """What undoing an import needs of one record that it wrote.

    ``before``: the whole row as JSON before the import, empty for a record it created. ``after`` is a
    fingerprint of what it left: a row that reads otherwise was changed since. Lines of orders are kept by
    order and ``day`` (model "sales.orderday"), ``before`` being the list of the lines replaced. Kept for
    as long as the import can be undone.
    """

    record_import = models.ForeignKey(
        RecordImport, related_name="kept", on_delete=models.CASCADE, db_index=False
    )
    model = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    day = models.DateField(null=True)
    before = models.TextField(blank=True, default="")
    after = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["record_import", "model", "record_id"], name="kept_row_record"),
            models.Index(fields=["model", "record_id"], name="kept_row_of"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.record_id}"


class Layout(models.Model):
    """How somebody mapped files of one layout (the hash of their folded header), to be suggested again."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="import_layouts", on_delete=models.CASCADE
    )
    kind = models.CharField(max_length=12)
    header_hash = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    used_at = models.DateTimeField()

    objects = LayoutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "kind", "header_hash"], name="import_layout_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.header_hash[:8]}"
