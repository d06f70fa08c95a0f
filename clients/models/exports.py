"""Files of large exports, which a job writes and their owner fetches."""

import zlib
from array import array
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.journal import Batch
from clients.querysets import ExportFileQuerySet


def packed(numbers: Iterable[int]) -> bytes:
    """Keys of records as few bytes: a hundred thousand take about 150 kB."""
    return zlib.compress(array("q", sorted(numbers)).tobytes())


def unpacked(data: bytes) -> set[int]:
    return set(array("q", zlib.decompress(data))) if data else set()


class ExportFile(models.Model):
    """One file below CMIX_DATA_DIR/files, for ``owner`` alone and until ``expires_at``.

    ``clients`` names, packed, every client of which it holds a row: when one of them is erased, or is no
    longer the owner's to export, the file is not handed out any more.
    """

    batch = models.OneToOneField(Batch, related_name="file", on_delete=models.CASCADE)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), related_name="export_files", on_delete=models.CASCADE
    )  # fmt: skip
    stored_as = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    size = models.BigIntegerField(_("size"), null=True, blank=True)  # bytes
    clients = models.BinaryField(default=b"")
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)

    objects = ExportFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("export file")
        verbose_name_plural = _("export files")
        indexes = [models.Index(fields=["expires_at"], name="export_file_expires")]

    def __str__(self) -> str:
        return self.file_name
