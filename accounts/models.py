import time
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.defaults import default_language, default_time_zone
from accounts.labels import ACTS, REACHES, ROLES
from accounts.querysets import TeamQuerySet, UserQuerySet
from accounts.rights import may
from accounts.rules import USES_ADMIN_SITE, Act, Role
from accounts.validators import validate_time_zone

RIGHTS_HOLD = 5.0
"""Seconds for which a user who came without the stored rights trusts those once asked for."""


class Team(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name


class RightsTable(models.Model):
    """Where this installation differs from ``accounts.rules.RIGHTS``: one row, or none.

    ``said`` holds reach (0 to 3) by act, by role. ``version`` counts the changes: two who change at once
    do not overwrite each other.
    """

    said = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("table of rights")
        verbose_name_plural = _("tables of rights")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="rights_table_one_row")]

    def __str__(self) -> str:
        return f"{self.version}"


class RightsChange(models.Model):
    """Who gave a role which reach, instead of which, and when."""

    role = models.CharField(
        _("role"), max_length=20, choices=[(role.value, label) for role, label in ROLES.items()]
    )
    act = models.CharField(
        _("act"), max_length=20, choices=[(act.value, label) for act, label in ACTS.items()]
    )
    before = models.PositiveSmallIntegerField(
        _("before"), choices=[(reach.value, label) for reach, label in REACHES.items()]
    )
    after = models.PositiveSmallIntegerField(
        _("after"), choices=[(reach.value, label) for reach, label in REACHES.items()]
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), related_name="+", on_delete=models.SET_NULL, null=True
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("change of rights")
        verbose_name_plural = _("changes of rights")
        indexes = [models.Index(fields=["-at"], name="rights_change_at")]

    def __str__(self) -> str:
        return f"{self.role} {self.act} {self.before} → {self.after}"


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        fields = {"is_superuser": True, "role": Role.ADMINISTRATOR.value, "name": email} | fields
        return self.create_user(email, password, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Who logs in: by e-mail, with one role, in at most one team."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(
        _("role"),
        max_length=20,
        choices=[(role.value, label) for role, label in ROLES.items()],
        default=Role.SALES.value,
    )
    team = models.ForeignKey(
        Team, verbose_name=_("team"), related_name="members", on_delete=models.PROTECT,
        null=True, blank=True,
    )  # fmt: skip
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default=default_language
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default=default_time_zone, validators=[validate_time_zone]
    )
    weekly_hours = models.DecimalField(
        _("weekly hours for clients"), max_digits=4, decimal_places=2, default=Decimal(10),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(60))],
        help_text=_("How many hours a week may go into the weekly attention list."),
    )  # fmt: skip
    is_active = models.BooleanField(_("active"), default=True)
    reset_requested_at = models.DateTimeField(editable=False, null=True, blank=True)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_ci",
                violation_error_message=_("A user with this e-mail exists."),
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="user_role_known"
            ),
            models.CheckConstraint(
                condition=models.Q(weekly_hours__gte=0, weekly_hours__lte=60),
                name="user_weekly_hours_range",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def rights_said(self) -> dict[str, dict[str, int]]:
        """What is stored of rights: loaded with the user of a request; else asked for, and again after
        ``RIGHTS_HOLD`` seconds, so that a long job follows a change."""
        if "rights_loaded" in self.__dict__:
            return self.__dict__["rights_loaded"] or {}
        said, until = self.__dict__.get("_rights", (None, 0.0))
        if said is None or time.monotonic() > until:
            said = RightsTable.objects.values_list("said", flat=True).first() or {}
            self.__dict__["_rights"] = (said, time.monotonic() + RIGHTS_HOLD)
        return said

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Administrators may do everything in the admin site; others what its pages grant their role."""
        return (self.is_active and self.role == Role.ADMINISTRATOR) or super().has_perm(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return (self.is_active and self.role == Role.ADMINISTRATOR) or super().has_module_perms(app_label)

    @property
    def is_staff(self) -> bool:
        return self.is_superuser or self.role in USES_ADMIN_SITE

    @property
    def may_assign(self) -> bool:
        return may(self, Act.ASSIGN)

    @property
    def may_export(self) -> bool:
        return may(self, Act.EXPORT)

    @property
    def may_merge(self) -> bool:
        return may(self, Act.MERGE)

    @property
    def may_erase(self) -> bool:
        return may(self, Act.ERASE)

    @property
    def may_import(self) -> bool:
        return may(self, Act.IMPORT)

    @property
    def may_configure(self) -> bool:
        return may(self, Act.CONFIGURE)
