from typing import Any

from django.db import DatabaseError, migrations, transaction

INDEX = "person_search_trigrams"


def add_index(apps: Any, editor: Any) -> None:
    """Searching inside words wants trigrams; a database that does not give them still works, slower."""
    if editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=editor.connection.alias):
            editor.execute(f"CREATE INDEX {INDEX} ON clients_person USING gin (search_text gin_trgm_ops)")
    except DatabaseError:
        return


def drop_index(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("clients", "0003_records")]

    operations = [migrations.RunPython(add_index, drop_index, elidable=False)]
