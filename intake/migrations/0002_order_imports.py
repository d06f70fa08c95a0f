from django.db import migrations

KEPT = (
    "file_name", "stored_as", "sha256", "mapping", "state", "counts", "problem", "rejects_stored_as", "job_id",
    "owner_of_new_id", "imported_by_id", "finished_at",
)


def take_over(apps, schema_editor):
    """Imports of orders become imports like all others; their dates stay."""
    new = apps.get_model("intake", "RecordImport")
    for old in apps.get_model("sales", "OrderImport").objects.order_by("pk"):
        taken = new.objects.create(kind="orders", **{name: getattr(old, name) for name in KEPT})
        new.objects.filter(pk=taken.pk).update(created_at=old.created_at)


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("sales", "0002_records")]
    operations = [migrations.RunPython(take_over, migrations.RunPython.noop)]
