from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.querysets import OfClientQuerySet
from segmentation.labels import CELLS as CELL_LABELS
from segmentation.labels import MATRIX_WHYS


class MatrixReference(models.Model):
    """A version of the two days the matrix rests on; the newest counts.

    Without any, both are the day of the first order that came in online.
    """

    online_began_on = models.DateField(
        _("our offer online began"), help_text=_("Whoever bought before is an existing client.")
    )
    new_since = models.DateField(
        _("new services are those since"), help_text=_("Products introduced from this day on are new.")
    )
    created_at = models.DateTimeField(_("set"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("set by"), related_name="+", on_delete=models.SET_NULL,
        null=True, blank=True,
    )  # fmt: skip

    class Meta:
        verbose_name = _("reference days of the matrix")
        verbose_name_plural = _("reference days of the matrix")

    def __str__(self) -> str:
        return f"v{self.pk}"


class MatrixRun(models.Model):
    """The matrix of one day, stored; readers see published runs only.

    ``results``: sums per cell, segment and type of the whole portfolio, and its flows since an earlier run.
    """

    as_of = models.DateField(_("as of"))
    online_began_on = models.DateField(_("our offer online began"), null=True)
    new_since = models.DateField(_("new services are those since"), null=True)
    is_automatic = models.BooleanField(default=False)
    rule_version = models.CharField(_("rule version"), max_length=20)
    results = models.JSONField(_("results"), default=dict)
    published = models.BooleanField(default=False)
    computed_at = models.DateTimeField(_("computed"))

    class Meta:
        verbose_name = _("matrix run")
        verbose_name_plural = _("matrix runs")
        constraints = [
            models.UniqueConstraint(
                fields=["as_of"], condition=models.Q(published=True), name="one_published_matrix_per_day"
            )
        ]

    def __str__(self) -> str:
        return str(self.as_of)


class ClientCell(models.Model):
    """Where a client was in one run, and why nowhere. ``costed_cents`` is the revenue whose margin is known.

    Keys as in ``ClientReadiness``: ask by run and client.
    """

    pk = models.CompositePrimaryKey("run_id", "client_id")
    run = models.ForeignKey(
        MatrixRun, related_name="cells", on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    client = models.ForeignKey(
        Client, related_name="matrix_cells", on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    cell = models.CharField(
        _("cell"), max_length=16, choices=[(cell.value, label) for cell, label in CELL_LABELS.items()]
    )
    cell_before = models.CharField(  # on the day the run's flows begin
        max_length=16, choices=[(cell.value, label) for cell, label in CELL_LABELS.items()]
    )
    why = models.CharField(
        max_length=20, blank=True, choices=[(why.value, label) for why, label in MATRIX_WHYS.items()]
    )
    revenue_cents = models.BigIntegerField()
    costed_cents = models.BigIntegerField()
    margin_cents = models.BigIntegerField()
    segment = models.CharField(max_length=14, blank=True)  # the playbook that counted
    type = models.SmallIntegerField()  # position of the sociotype acted by, −1 unknown

    objects = OfClientQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.client_id} {self.cell}"
