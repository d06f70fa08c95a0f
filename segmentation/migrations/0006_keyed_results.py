"""Results of readiness and matrix by run and client, without a number of their own and a second index.

Django adds no composite key to a table that stands: the rows are copied, and nothing of the kept nights is lost.
"""

import django.db.models.deletion
from django.db import migrations, models

READINESS = (
    "run_id, client_id, revenue_cents, p1, p2, p3, p4, type, status, ready, online_share, "
    "steps, risk1_cents, risk2_cents, wave, hold, priority"
)
CELLS = (
    "run_id, client_id, cell, cell_before, why, revenue_cents, costed_cents, margin_cents, "
    "segment, type"
)


def _moved(name, columns, keys):
    """The rows into the keyed table, which takes the name of the old one and its names of the way back."""
    old, new = f"Client{name}", f"KeyedClient{name}"
    into, source = f"segmentation_{new.lower()}", f"segmentation_{old.lower()}"
    return [
        migrations.RunSQL(f"INSERT INTO {into} ({columns}) SELECT {columns} FROM {source}"),
        migrations.DeleteModel(old),
        migrations.RenameModel(new, old),
        *(migrations.AlterField(old, field, _key(to, way)) for field, (to, way) in keys.items()),
    ]


def _key(to, way):
    return models.ForeignKey(
        to, related_name=way, on_delete=django.db.models.deletion.CASCADE, db_index=False, db_constraint=False
    )


class Migration(migrations.Migration):

    dependencies = [
        ('segmentation', '0005_lean_results'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeyedClientReadiness',
            fields=[
                ('pk', models.CompositePrimaryKey('run_id', 'client_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='segmentation.readinessrun')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                ('revenue_cents', models.BigIntegerField()),
                ('p1', models.FloatField(null=True)),
                ('p2', models.FloatField(null=True)),
                ('p3', models.FloatField(null=True)),
                ('p4', models.FloatField(null=True)),
                ('type', models.SmallIntegerField()),
                ('status', models.SmallIntegerField()),
                ('ready', models.FloatField(null=True)),
                ('online_share', models.FloatField(null=True)),
                ('steps', models.SmallIntegerField()),
                ('risk1_cents', models.FloatField()),
                ('risk2_cents', models.FloatField()),
                ('wave', models.SmallIntegerField()),
                ('hold', models.SmallIntegerField()),
                ('priority', models.FloatField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='KeyedClientCell',
            fields=[
                ('pk', models.CompositePrimaryKey('run_id', 'client_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='segmentation.matrixrun')),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clients.client')),
                ('cell', models.CharField(choices=[('current', 'Current situation'), ('migration', 'Migration'), ('mutation', 'Mutations'), ('offline_new', 'New, off the internet'), ('conquest', 'Conquest'), ('diversification', 'Diversification'), ('unknown', 'Unknown'), ('absent', 'No purchase in 52 weeks')], max_length=16, verbose_name='cell')),
                ('cell_before', models.CharField(choices=[('current', 'Current situation'), ('migration', 'Migration'), ('mutation', 'Mutations'), ('offline_new', 'New, off the internet'), ('conquest', 'Conquest'), ('diversification', 'Diversification'), ('unknown', 'Unknown'), ('absent', 'No purchase in 52 weeks')], max_length=16)),
                ('why', models.CharField(blank=True, choices=[('', 'Known'), ('no_reference', 'Nobody has said when our offer online began, and no order came in online.'), ('no_introduction', 'Bought online, but it is not known when the products were introduced.'), ('no_channel', 'Sold online too, but it is not known how the orders came in.'), ('no_channel_no_flag', 'Neither how the orders came in is known, nor whether the products are sold online.')], max_length=20)),
                ('revenue_cents', models.BigIntegerField()),
                ('costed_cents', models.BigIntegerField()),
                ('margin_cents', models.BigIntegerField()),
                ('segment', models.CharField(blank=True, max_length=14)),
                ('type', models.SmallIntegerField()),
            ],
        ),
        *_moved(
            "Readiness", READINESS,
            {"run": ("segmentation.readinessrun", "clients"), "client": ("clients.client", "readiness")},
        ),
        *_moved(
            "Cell", CELLS, {"run": ("segmentation.matrixrun", "cells"), "client": ("clients.client", "matrix_cells")}
        ),
    ]
