from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0060_list_indexes'),
        ('segmentation', '0007_keyed_segments'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='clientsegment', name='segment_run_revenue'),
        migrations.AddIndex(
            model_name='clientsegment',
            index=models.Index(fields=['run', '-revenue_cents', 'segment', 'client'], name='segment_run_revenue'),
        ),
    ]
