from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.querysets import SavedViewQuerySet


class SavedView(models.Model):
    """A list as somebody filtered, sorted and cut it: the list's key and its query string.

    It is also the audience of a bulk act, an export or a round of questionnaires; whoever uses it sees
    only their own clients through it.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        related_name="saved_views",
        on_delete=models.CASCADE,
    )
    list_key = models.CharField(_("list"), max_length=40)  # "clients", "people", "tasks" …
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("query"), max_length=2000, blank=True)
    is_shared = models.BooleanField(_("shared with the team"), default=False)
    is_pinned = models.BooleanField(_("pinned"), default=False)
    is_default = models.BooleanField(_("opened first"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(fields=["owner", "list_key", "name"], name="saved_view_name"),
            models.UniqueConstraint(
                fields=["owner", "list_key"],
                condition=models.Q(is_default=True),
                name="saved_view_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name
