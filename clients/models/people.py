from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.defaults import default_language
from clients.labels import CONSENT_PURPOSES, LEGAL_BASES, PERSON_ROLES, UNIT_KINDS
from clients.models.client import Client
from clients.querysets import OfClientQuerySet, OfPersonQuerySet, PersonQuerySet, UnitQuerySet
from clients.rules import ConsentPurpose, LegalBasis, PersonRole, UnitKind
from common.indexes import SqliteOnly
from common.text import searchable


class Person(models.Model):
    """Somebody of a client. A private person who buys is a client with one person, ``is_client``.

    What is personal (sociotype, consents, objection) hangs here and never on the client.
    """

    client = models.ForeignKey(
        Client, verbose_name=_("client"), related_name="people", on_delete=models.CASCADE
    )
    ref = models.CharField(
        _("reference"), max_length=64, unique=True, null=True, blank=True,
        help_text=_("The number other systems know this person by; empty when none does."),
    )  # fmt: skip
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    role = models.CharField(
        _("role"), max_length=12, default=PersonRole.OTHER.value,
        choices=[(role.value, label) for role, label in PERSON_ROLES.items()],
    )  # fmt: skip
    is_decision_maker = models.BooleanField(_("decision-maker"), default=False)
    is_client = models.BooleanField(_("is the client"), default=False, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default=default_language
    )
    legal_basis = models.CharField(
        _("legal basis"), max_length=20, default=LegalBasis.LEGITIMATE_INTEREST.value,
        choices=[(basis.value, label) for basis, label in LEGAL_BASES.items()],
    )  # fmt: skip
    source = models.CharField(
        _("source"),
        max_length=120,
        blank=True,
        help_text=_("Where the data came from: a fair, a file, the person."),
    )
    profiling_objected_at = models.DateTimeField(_("objected to profiling"), null=True, blank=True)
    # The last sign from the person: an order, a reply, a click, a call; opening a mail is none.
    last_contact_on = models.DateField(_("last contact from the person"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    search_text = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in PersonRole]), name="person_role_known"
            ),
            models.CheckConstraint(
                condition=models.Q(legal_basis__in=[basis.value for basis in LegalBasis]),
                name="person_legal_basis_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(last_name=""), name="person_last_name_filled",
                violation_error_message=_("A person needs a last name."),
            ),
            models.UniqueConstraint(
                fields=["client"], condition=models.Q(is_client=True), name="person_one_is_the_client"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["last_name", "id", "client"], name="person_last_name"),
            SqliteOnly(fields=["search_text"], name="person_search"),
            # All that tells who of the private clients refuses profiling, which every list asks.
            models.Index(
                fields=["profiling_objected_at", "legal_basis", "id", "client"],
                condition=models.Q(is_client=True), name="person_refuses",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = self.make_search_text()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search_text"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("clients:person", args=[self.pk])

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def make_search_text(self) -> str:
        """Bulk writers call this too, so that search never depends on how a person came in."""
        return searchable(self.name, self.ref or "", self.job_title, self.email, self.phone)


class Consent(models.Model):
    """A person's yes to one purpose, and when it was taken back. Kept as long as it may have to be shown."""

    person = models.ForeignKey(Person, related_name="consents", on_delete=models.CASCADE)
    purpose = models.CharField(
        _("purpose"), max_length=16, choices=[(each.value, label) for each, label in CONSENT_PURPOSES.items()]
    )
    given_at = models.DateTimeField(_("given"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=120, blank=True)

    objects = OfPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(purpose__in=[each.value for each in ConsentPurpose]),
                name="consent_purpose_known",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True)
                | models.Q(withdrawn_at__gte=models.F("given_at")),
                name="consent_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="consent_one_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["purpose", "person"],
                condition=models.Q(withdrawn_at__isnull=False),
                name="consent_withdrawn",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.purpose}"


class MergedPerson(models.Model):
    """A record that went into another one of the same person: its number and its reference still lead there.

    Other than a merged client the record itself is gone, so that no list or count has to leave it out.
    """

    id = models.BigIntegerField(primary_key=True)  # the number the record had
    person = models.ForeignKey(
        Person, verbose_name=_("person"), related_name="merged_records", on_delete=models.CASCADE
    )
    ref = models.CharField(_("reference"), max_length=64, unique=True, null=True, blank=True)
    merge = models.ForeignKey(
        "clients.Batch", verbose_name=_("merge"), related_name="+", on_delete=models.SET_NULL, null=True
    )
    merged_at = models.DateTimeField(_("merged"))

    objects = OfPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("merged record")
        verbose_name_plural = _("merged records")

    def __str__(self) -> str:
        return self.ref or str(self.pk)


class BuyingUnit(models.Model):
    """A household or a group of companies that buys as one; its head decides."""

    ref = models.CharField(_("reference"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(
        _("kind"), max_length=10, default=UnitKind.HOUSEHOLD.value,
        choices=[(kind.value, label) for kind, label in UNIT_KINDS.items()],
    )  # fmt: skip
    head = models.ForeignKey(
        Person, verbose_name=_("head, who decides"), related_name="headed_units", on_delete=models.SET_NULL,
        null=True, blank=True,
    )  # fmt: skip
    search_text = models.TextField(editable=False, default="", db_default="")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("buying unit")
        verbose_name_plural = _("buying units")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in UnitKind]), name="unit_kind_known"
            ),
            models.CheckConstraint(condition=~models.Q(ref=""), name="unit_ref_filled"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = self.make_search_text()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search_text"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("clients:unit", args=[self.pk])

    def make_search_text(self) -> str:
        """Bulk writers call this too, so that search never depends on how a unit came in."""
        return searchable(self.name, self.ref)


class UnitMembership(models.Model):
    """A client belongs to a unit from ``joined_on`` until the day before ``left_on``; to one at a time."""

    unit = models.ForeignKey(BuyingUnit, related_name="memberships", on_delete=models.CASCADE)
    client = models.ForeignKey(Client, related_name="memberships", on_delete=models.CASCADE)
    joined_on = models.DateField(_("since"))
    left_on = models.DateField(_("until"), null=True, blank=True)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(left_on__isnull=True) | models.Q(left_on__gt=models.F("joined_on")),
                name="membership_dates_in_order",
                violation_error_message=_("A membership ends after it began."),
            ),
            models.UniqueConstraint(
                fields=["client"], condition=models.Q(left_on__isnull=True), name="membership_one_open",
                violation_error_message=_("The client belongs to another buying unit at present."),
            ),
            models.UniqueConstraint(fields=["unit", "client", "joined_on"], name="membership_once"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.client_id} in {self.unit_id}"
