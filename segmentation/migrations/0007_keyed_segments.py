"""Results of the grid by run and client, as 0006 did for readiness and matrix: the rows are copied."""

import django.db.models.deletion
from django.db import migrations, models

COLUMNS = (
    "run_id, client_id, segment, revenue_cents, margin_rate, cost_coverage, assumed_share, "
    "tenure_days, pending, pending_since, own_id"
)
SEGMENTS = [
    ('whale', 'Whale'), ('thoroughbred', 'Thoroughbred'), ('athlete', 'Athlete'), ('dilemma', 'Dilemma'),
    ('to_qualify', 'To qualify'),
]


def _key(to, way):
    return models.ForeignKey(
        to, related_name=way, on_delete=django.db.models.deletion.CASCADE, db_index=False, db_constraint=False
    )


def _own(way):
    return models.ForeignKey(
        "segmentation.ownsegment", related_name=way, on_delete=django.db.models.deletion.SET_NULL,
        null=True, blank=True, db_index=False, db_constraint=False,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('segmentation', '0006_keyed_results'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='clientsegment', name='segment_run_revenue'),
        migrations.CreateModel(
            name='KeyedClientSegment',
            fields=[
                ('pk', models.CompositePrimaryKey('run_id', 'client_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('run', _key('segmentation.segmentationrun', '+')),
                ('client', _key('clients.client', '+')),
                ('segment', models.CharField(choices=SEGMENTS, max_length=14)),
                ('revenue_cents', models.BigIntegerField()),
                ('margin_rate', models.FloatField(null=True)),
                ('cost_coverage', models.FloatField(null=True)),
                ('assumed_share', models.FloatField(null=True)),
                ('tenure_days', models.IntegerField(null=True)),
                ('pending', models.CharField(blank=True, choices=SEGMENTS, db_default='', default='', max_length=14)),
                ('pending_since', models.DateField(null=True)),
                ('own', _own('+')),
            ],
        ),
        migrations.RunSQL(
            f"INSERT INTO segmentation_keyedclientsegment ({COLUMNS}) SELECT {COLUMNS} FROM segmentation_clientsegment"
        ),
        migrations.DeleteModel('ClientSegment'),
        migrations.RenameModel('KeyedClientSegment', 'ClientSegment'),
        migrations.AlterField('ClientSegment', 'run', _key('segmentation.segmentationrun', 'segments')),
        migrations.AlterField('ClientSegment', 'client', _key('clients.client', 'segments')),
        migrations.AlterField('ClientSegment', 'own', _own('placed')),
        migrations.AddIndex('ClientSegment', models.Index(fields=['run', '-revenue_cents'], name='segment_run_revenue')),
    ]
