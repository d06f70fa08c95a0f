from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.labels import INTERACTION_KINDS, TASK_STATES
from clients.models.client import Client
from clients.models.people import Person
from clients.querysets import OfClientQuerySet
from clients.rules import InteractionKind, TaskState

MAX_MINUTES = 24 * 60


class Interaction(models.Model):
    """What happened between us and a client. ``minutes`` is our own time; unknown is null, not zero."""

    client = models.ForeignKey(
        Client, verbose_name=_("client"), related_name="interactions", on_delete=models.CASCADE
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), related_name="interactions", on_delete=models.SET_NULL,
        null=True, blank=True,
    )  # fmt: skip
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), related_name="interactions", on_delete=models.SET_NULL,
        null=True, blank=True,
    )  # fmt: skip
    ref = models.CharField(_("reference"), max_length=64, unique=True, null=True, blank=True)
    kind = models.CharField(
        _("kind"), max_length=10, choices=[(kind.value, label) for kind, label in INTERACTION_KINDS.items()]
    )
    happened_at = models.DateTimeField(_("when"))
    minutes = models.PositiveIntegerField(
        _("minutes"), null=True, blank=True, validators=[MaxValueValidator(MAX_MINUTES)],
        help_text=_("How long it took us; counts as cost of keeping the client."),
    )  # fmt: skip
    summary = models.TextField(_("what happened"), max_length=4000)
    next_step = models.CharField(_("what comes next"), max_length=300, blank=True)
    came_from_client = models.BooleanField(_("came from the client"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in InteractionKind]),
                name="interaction_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__isnull=True) | models.Q(minutes__lte=MAX_MINUTES),
                name="interaction_minutes_range",
            ),
        ]
        indexes = [
            models.Index(fields=["client", "-happened_at", "kind"], name="interaction_client_when"),
            models.Index(fields=["-happened_at", "-id", "client"], name="interaction_when"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_at:%Y-%m-%d}"

    @property
    def person_here(self) -> Person | None:
        """Who it was with, while they belong to this client; with another they may be out of the reader's sight."""
        return self.person if self.person and self.person.client_id == self.client_id else None


class Task(models.Model):
    """What somebody has to do for a client by a day. ``origin`` names what it came from, once."""

    client = models.ForeignKey(
        Client, verbose_name=_("client"), related_name="tasks", on_delete=models.CASCADE
    )
    title = models.CharField(_("what to do"), max_length=200)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    due_on = models.DateField(_("due"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who does it"),
        related_name="tasks",
        on_delete=models.PROTECT,
    )
    state = models.CharField(
        _("state"), max_length=10, default=TaskState.OPEN.value,
        choices=[(state.value, label) for state, label in TASK_STATES.items()],
    )  # fmt: skip
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    remind_by_mail = models.BooleanField(_("remind by e-mail"), default=True)
    # "attention.line:17", "interaction:5": what made it; a second try of the same finds this one.
    origin = models.CharField(max_length=80, unique=True, null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        related_name="+",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in TaskState]), name="task_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=TaskState.DONE.value, done_at__isnull=False)
                | (~models.Q(state=TaskState.DONE.value) & models.Q(done_at__isnull=True)),
                name="task_done_has_date",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "state", "due_on"], name="task_owner_due"),
            models.Index(fields=["client", "state"], name="task_client_state"),
            models.Index(fields=["due_on", "id", "client", "state"], name="task_due"),
        ]

    def __str__(self) -> str:
        return self.title
