from django.db import migrations


class Migration(migrations.Migration):
    """Imports of orders are imports like all others now; ``intake`` has taken them over."""

    dependencies = [("sales", "0002_records"), ("intake", "0002_order_imports")]
    operations = [migrations.DeleteModel(name="OrderImport")]
