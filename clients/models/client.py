from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.defaults import default_language
from accounts.models import Team
from clients.labels import CLIENT_STATES, KINDS
from clients.querysets import ClientQuerySet
from clients.rules import ClientKind, ClientState
from common.indexes import SqliteOnly
from common.text import searchable


class Tag(models.Model):
    """A word of the team's own, put on clients by hand or in bulk."""

    name = models.CharField(_("name"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name


class Client(models.Model):
    """Who buys: a company or a private person, known in other systems by ``ref``."""

    ref = models.CharField(_("reference"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(
        _("kind"), max_length=10, default=ClientKind.COMPANY.value,
        choices=[(kind.value, label) for kind, label in KINDS.items()],
    )  # fmt: skip
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), related_name="clients",
        on_delete=models.PROTECT, null=True, blank=True,
    )  # fmt: skip
    team = models.ForeignKey(
        Team, verbose_name=_("team"), related_name="clients", on_delete=models.PROTECT,
        null=True, blank=True,
    )  # fmt: skip
    street = models.CharField(_("street"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default=default_language
    )
    registration_number = models.CharField(
        _("registration number"), max_length=40, blank=True, default="", db_default="",
        help_text=_("SIREN, SIRET, VAT or trade register number of a company."),
    )  # fmt: skip
    website = models.URLField(_("website"), max_length=200, blank=True, default="", db_default="")
    parent = models.ForeignKey(
        "self", verbose_name=_("parent company"), related_name="subsidiaries", on_delete=models.SET_NULL,
        null=True, blank=True, db_index=False,
    )  # fmt: skip
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), related_name="clients", blank=True)
    state = models.CharField(
        _("state"), max_length=10, default=ClientState.ACTIVE.value, db_default=ClientState.ACTIVE.value,
        choices=[(state.value, label) for state, label in CLIENT_STATES.items()], editable=False,
    )  # fmt: skip
    merged_into = models.ForeignKey(
        "self", related_name="merged_clients", on_delete=models.PROTECT, null=True, blank=True, editable=False
    )
    # A client first seen at an import may have bought before: its history is cut on the left.
    observed_from = models.DateField(
        _("observed from"), null=True, blank=True,
        help_text=_("First day from which this client's orders are known; empty: from the first order."),
    )  # fmt: skip
    search_text = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in ClientKind]),
                name="client_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ClientState]), name="client_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=ClientState.MERGED.value, merged_into__isnull=False)
                | (~models.Q(state=ClientState.MERGED.value) & models.Q(merged_into__isnull=True)),
                name="client_merged_somewhere",
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="client_not_own_parent",
                violation_error_message=_("A company is not its own parent."),
            ),
            models.CheckConstraint(
                condition=~models.Q(ref=""), name="client_ref_filled",
                violation_error_message=_("A client needs a reference."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["owner", "name"], name="client_owner_name"),
            models.Index(fields=["team", "name"], name="client_team_name"),
            # The order of the list, with what is asked of it most: what does not fit is passed over in the index.
            models.Index(
                fields=["state", "name", "id", "kind", "city", "postcode"], name="client_state_name"
            ),
            models.Index(fields=["state", "city", "id"], name="client_state_city"),
            # Lists of what belongs to clients, sorted by them.
            models.Index(fields=["name", "id"], name="client_name"),
            # Search passes over all texts: here they lie together, a third of the table.
            SqliteOnly(fields=["search_text"], name="client_search"),
            # Most clients have no parent: an index with all those nulls looks worthless to SQLite.
            models.Index(fields=["parent"], condition=models.Q(parent__isnull=False), name="client_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = self.make_search_text()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search_text"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("clients:detail", args=[self.pk])

    def make_search_text(self) -> str:
        """Bulk writers call this too, so that search never depends on how a client came in."""
        return searchable(
            self.name, self.ref, self.city, self.postcode, self.email, self.phone, self.registration_number
        )
