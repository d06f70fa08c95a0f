from typing import Any

from django.db import migrations, models

from common.indexes import LargestFirst

TOTALS = """
    UPDATE sales_order SET first_day = s.first_day, last_day = s.last_day, net_cents = s.net_cents
    FROM (
        SELECT order_id, MIN(day) AS first_day, MAX(day) AS last_day, SUM(net_cents) AS net_cents
        FROM sales_orderline GROUP BY order_id
    ) s WHERE s.order_id = sales_order.id
"""
def fill(apps: Any, editor: Any) -> None:
    editor.execute(TOTALS)



class Migration(migrations.Migration):
    dependencies = [("sales", "0003_drop_order_import")]

    operations = [
        migrations.AddField("order", "first_day", models.DateField(editable=False, null=True, verbose_name="first day")),
        migrations.AddField("order", "last_day", models.DateField(editable=False, null=True, verbose_name="last day")),
        migrations.AddField(
            "order", "net_cents", models.BigIntegerField(editable=False, null=True, verbose_name="net amount")
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex("order", models.Index(fields=["channel", "id"], name="order_by_channel")),
        migrations.AddIndex("order", LargestFirst(fields=["-first_day", "-id"], name="order_by_first_day")),
        migrations.AddIndex("order", LargestFirst(fields=["-last_day", "-id"], name="order_by_last_day")),
        migrations.AddIndex("order", LargestFirst(fields=["-net_cents", "-id"], name="order_by_net")),
    ]
