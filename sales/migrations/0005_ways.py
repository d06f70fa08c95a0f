from typing import Any

from django.db import migrations, models

# As ``sales.rollup`` has them from now on.
WAYS = """
    UPDATE sales_clientday SET online = s.online, offline = s.offline, no_channel = s.no_channel
    FROM (
        SELECT client_id, day, SUM(CASE WHEN way = 'online' THEN net ELSE 0 END) AS online,
               SUM(CASE WHEN way = 'offline' THEN net ELSE 0 END) AS offline,
               SUM(CASE WHEN way = 'no_channel' THEN net ELSE 0 END) AS no_channel
        FROM (
            SELECT o.client_id, l.day, l.net_cents AS net,
                   CASE WHEN o.channel <> '' THEN o.channel WHEN p.sold_online THEN 'no_channel'
                        WHEN NOT p.sold_online THEN 'offline' ELSE '' END AS way
            FROM sales_orderline l JOIN sales_order o ON o.id = l.order_id
            LEFT JOIN sales_product p ON p.id = l.product_id
            WHERE l.net_cents IS NOT NULL
        ) lines GROUP BY client_id, day
    ) s WHERE s.client_id = sales_clientday.client_id AND s.day = sales_clientday.day
"""
ONLINE = """
    INSERT INTO sales_onlineday (client_id, day, product_id, rev)
    SELECT o.client_id, l.day, l.product_id, SUM(l.net_cents)
    FROM sales_orderline l JOIN sales_order o ON o.id = l.order_id
    JOIN sales_clientday d ON d.client_id = o.client_id AND d.day = l.day
    WHERE o.channel = 'online' AND l.net_cents IS NOT NULL AND l.product_id IS NOT NULL
    GROUP BY o.client_id, l.day, l.product_id
"""


def fill(apps: Any, editor: Any) -> None:
    editor.execute(WAYS)
    editor.execute(ONLINE)


def _cents() -> models.BigIntegerField:  # type: ignore[type-arg]
    return models.BigIntegerField(default=0, db_default=0)


class Migration(migrations.Migration):
    dependencies = [("clients", "0060_list_indexes"), ("sales", "0004_order_totals")]

    operations = [
        *(migrations.AddField("clientday", name, _cents()) for name in ("online", "offline", "no_channel")),
        migrations.CreateModel(
            name="OnlineDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "client_id", "day", "product_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                ("rev", models.BigIntegerField()),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False, on_delete=models.CASCADE, related_name="+", to="clients.client"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False, db_index=False, on_delete=models.DO_NOTHING, related_name="+",
                        to="sales.product",
                    ),
                ),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
