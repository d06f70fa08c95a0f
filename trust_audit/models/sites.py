from urllib.parse import urlsplit

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from trust_audit.labels import CHECKLIST_STATES, PROFILES, SITE_KINDS
from trust_audit.querysets import OfSiteQuerySet, SiteQuerySet
from trust_audit.rules.checklist import Profile
from trust_audit.states import ChecklistState, SiteKind

REMINDER_MONTHS = 12


class Site(models.Model):
    """A web site that is audited. ``allowed_by`` said that the firm may audit it; probes wait for that."""

    name = models.CharField(_("name"), max_length=120)
    url = models.URLField(_("address"), max_length=300, validators=[URLValidator(schemes=["http", "https"])])
    kind = models.CharField(
        _("kind"), max_length=10, choices=[(kind.value, label) for kind, label in SITE_KINDS.items()]
    )
    client = models.ForeignKey(
        Client,
        verbose_name=_("client"),
        related_name="sites",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
    )
    profile = models.CharField(
        _("profile"), max_length=10, default=Profile.GOODS_B2C.value,
        choices=[(profile.value, label) for profile, label in PROFILES.items()],
    )  # fmt: skip
    reaudit_months = models.PositiveSmallIntegerField(
        _("audit again after"), default=REMINDER_MONTHS,
        validators=[MinValueValidator(1), MaxValueValidator(36)], help_text=_("Months after the signature."),
    )  # fmt: skip
    certificate_until = models.DateField(_("certificate valid until"), null=True, blank=True)
    allowed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    allowed_at = models.DateTimeField(_("allowed"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in SiteKind]), name="site_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=SiteKind.CLIENT.value, client__isnull=False)
                | (~models.Q(kind=SiteKind.CLIENT.value) & models.Q(client__isnull=True)),
                name="site_client_fits_kind",
                violation_error_message=_("A client's site names its client, no other site does."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("trust:site", args=[self.pk])

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or self.url


class Seal(models.Model):
    """A seal the site carries: what it costs, when it ends, what it brings (SEAL-01, SEAL-07)."""

    site = models.ForeignKey(Site, related_name="seals", on_delete=models.CASCADE)
    issuer = models.CharField(_("issuer"), max_length=120)
    host = models.CharField(_("issuer's host"), max_length=200, blank=True)
    strength = models.PositiveSmallIntegerField(
        _("class"), default=1, validators=[MaxValueValidator(4)],
        help_text=_("0 none, 1 self-awarded, 2 federation charter, 3 audited code, 4 certified body."),
    )  # fmt: skip
    renewal_on = models.DateField(_("renewal"), null=True, blank=True)
    cost_cents = models.BigIntegerField(_("cost per year"), null=True, blank=True)
    benefit = models.CharField(_("measured benefit"), max_length=200, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), related_name="seals", on_delete=models.SET_NULL,
        null=True, blank=True,
    )  # fmt: skip

    objects = OfSiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        constraints = [
            models.CheckConstraint(condition=models.Q(strength__lte=4), name="seal_strength_range"),
            models.UniqueConstraint(fields=["site", "issuer"], name="seal_once_per_site"),
        ]

    def __str__(self) -> str:
        return self.issuer


class ChecklistVersion(models.Model):
    """The firm's own copy of the checklist. Once in force it never changes; audits keep its ``key``."""

    key = models.CharField(max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    content = models.JSONField()
    state = models.CharField(
        _("state"), max_length=10, default=ChecklistState.DRAFT.value,
        choices=[(state.value, label) for state, label in CHECKLIST_STATES.items()],
    )  # fmt: skip
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    activated_at = models.DateTimeField(_("in force since"), null=True, blank=True)

    class Meta:
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ChecklistState]),
                name="checklist_state_known",
            ),
            models.UniqueConstraint(
                fields=["state"],
                condition=models.Q(state=ChecklistState.DRAFT.value),
                name="checklist_one_draft",
            ),
        ]

    def __str__(self) -> str:
        return self.key
