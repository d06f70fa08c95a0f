from typing import Any

from django.db import migrations, models

from common.text import searchable

BATCH = 1_000


def fill(apps: Any, editor: Any) -> None:
    units = apps.get_model("clients", "BuyingUnit")
    batch = []
    for unit in units.objects.iterator(chunk_size=BATCH):
        unit.search_text = searchable(unit.name, unit.ref)
        batch.append(unit)
        if len(batch) == BATCH:
            units.objects.bulk_update(batch, ["search_text"])
            batch = []
    units.objects.bulk_update(batch, ["search_text"])


class Migration(migrations.Migration):
    dependencies = [("clients", "0030_export_batches")]

    operations = [
        migrations.AddField(
            "buyingunit", "search_text", models.TextField(db_default="", default="", editable=False)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
