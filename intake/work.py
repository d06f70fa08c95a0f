"""What every kind of import does with its staged rows, set-based; the caller holds the one transaction.

A staged NULL means that the file says nothing: such a column keeps what is stored, or its default.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, models

from accounts.rights import reach
from accounts.rules import Act, Reach
from clients.models import (
    Batch,
    BuyingUnit,
    Change,
    Client,
    Interaction,
    Person,
    Suppression,
    Tag,
    UnitMembership,
)  # fmt: skip
from clients.rules import ChangeAct, ClientState
from clients.suppression import Identity, suppressed_positions
from common.statistics import refresh_statistics
from intake import sql, staging
from intake.models import KeptRow, RecordImport
from intake.rules import Code, Mode, Problem
from intake.sql import rows, run
from sales.models import Category, Order, OrderLine, Product

KEPT, CHANGES = KeptRow._meta.db_table, Change._meta.db_table
CHUNK = 5000
TOUCHED = (
    BuyingUnit, Category, Change, Client, Interaction, KeptRow, Order, OrderLine, Person, Product, UnitMembership,
)  # fmt: skip
"""What imports join with many rows at once."""
MANY = 1000  # rows of a table that change what is known of it
_NOT_TOLD = frozenset({"id", "search_text", "created_at", "updated_at"})


@dataclass
class Work:
    """One import at work. ``user`` limits it to clients they may import for; ``None`` does not."""

    record_import: RecordImport
    mapped: frozenset[str]
    mode: Mode
    user: Any
    owner: Any
    now: datetime
    today: date
    batch: Batch | None = None
    rejected: dict[int, Problem] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def stamp(self) -> Any:
        return connection.ops.adapt_datetimefield_value(self.now)

    # --- refusing ------------------------------------------------------------------------------
    def reject(self, condition: str, code: Code, name: str = "", parameters: Any = None) -> int:
        """Take the staged rows ``s`` of a condition out, with their reason."""
        found = rows(f"SELECT s.number FROM intake_row s WHERE {condition}", parameters)
        return self.reject_numbers((number for (number,) in found), code, name)

    def reject_numbers(self, numbers: Iterable[int], code: Code, name: str = "") -> int:
        count = 0
        for chunk in staging.chunks(numbers, 500):
            run(f"DELETE FROM intake_row WHERE number IN ({', '.join(map(str, map(int, chunk)))})")
            self.rejected |= {number: Problem(code.value, name) for number in chunk}
            count += len(chunk)
        return count

    # --- whom ----------------------------------------------------------------------------------
    def visible_clients(self) -> tuple[str, tuple[Any, ...]]:
        """SQL and parameters of the ids of the clients this import may touch."""
        clients: Any = Client.objects.filter(state=ClientState.ACTIVE.value)
        if self.user is not None:
            clients = Client.objects.visible_to(self.user, act=Act.IMPORT)
        return clients.order_by().values("pk").query.sql_with_params()  # type: ignore[no-any-return]

    @property
    def for_all(self) -> bool:
        """Whether this import may touch what counts for everybody."""
        return self.user is None or reach(self.user, Act.IMPORT) == Reach.ALL

    def find_clients(self, ref: str, target: str) -> None:
        """Fill ``target`` with the client whom the staged ``ref`` names today; erased and merged resolved."""
        run(
            f"UPDATE intake_row SET {target} = c.id FROM clients_client c "
            f"WHERE c.ref = intake_row.{ref} AND intake_row.{ref} IS NOT NULL"
        )
        while run(
            f"UPDATE intake_row SET {target} = c.merged_into_id FROM clients_client c "
            f"WHERE c.id = intake_row.{target} AND c.merged_into_id IS NOT NULL"
        ):
            pass
        staging.analyze(target)

    def require_clients(self, ref: str = "client", target: str = "client_id") -> None:
        """Reject rows whose client is absent or not theirs, which answers alike."""
        self.find_clients(ref, target)
        self.reject(
            f"EXISTS (SELECT 1 FROM clients_client c WHERE c.id = s.{target} AND c.state = %s)",
            Code.ERASED, ref, [ClientState.ERASED.value],
        )  # fmt: skip
        visible, parameters = self.visible_clients()
        self.reject(f"s.{ref} IS NOT NULL AND s.{target} IS NULL", Code.CLIENT_UNKNOWN, ref)
        self.reject(sql.staged_outside(target, visible), Code.CLIENT_UNKNOWN, ref, parameters)

    def reject_erased(self, columns: Mapping[str, str]) -> None:
        """Rows that say somebody who was erased; ``columns``: staged column by part of an ``Identity``."""
        if not Suppression.objects.exists():
            return
        parts = list(columns)
        listed = ", ".join(f"COALESCE({columns[part]}, '')" for part in parts)
        last = -1
        while found := rows(
            f"SELECT number, {listed} FROM intake_row WHERE number > %s AND act = 'create' "
            f"ORDER BY number LIMIT {CHUNK}", [last],
        ):  # fmt: skip
            identities = [Identity(**dict(zip(parts, values[1:], strict=True))) for values in found]
            gone = suppressed_positions(identities)
            self.reject_numbers(sorted(found[position][0] for position in gone), Code.ERASED)
            last = found[-1][0]

    # --- what becomes of each row --------------------------------------------------------------
    def decide(self) -> None:
        """Create or update, by ``record_id`` and the mode; twice the same record is a mistake of the file."""
        run("CREATE INDEX intake_row_record ON intake_row (record_id)")
        staging.analyze("record_id")
        self.reject(sql.repeated("record_id"), Code.TWICE_IN_FILE)
        run("UPDATE intake_row SET act = CASE WHEN record_id IS NULL THEN 'create' ELSE 'update' END")
        if self.mode == Mode.UPDATE:
            self.reject("s.act = 'create'", Code.NO_SUCH_RECORD)
        if self.mode == Mode.CREATE:
            self.counts["skipped"] += run("DELETE FROM intake_row WHERE act = 'update'")

    def create(self, model: type[models.Model], columns: Mapping[str, str], where: str = "") -> int:
        """Insert the rows to be created; ``columns``: SQL over the staged row ``s`` by column."""
        named, values = ", ".join(columns), ", ".join(columns.values())
        count = run(
            f"INSERT INTO {model._meta.db_table} ({named}) SELECT {values} FROM intake_row s "
            f"WHERE s.act = 'create' {where} ORDER BY s.number"
        )
        refresh_statistics(model)
        return count

    def update(
        self, model: type[models.Model], columns: Mapping[str, str], *, act: str = "update", record: str = "record_id",
        client: str = "NULL", touches: bool = True,
    ) -> int:  # fmt: skip
        """Update stored rows where a mapped, given value differs; the others become "same".

        ``columns``: staged column by stored column. Returns how many rows were changed.
        """
        table = model._meta.db_table
        staging.analyze("act", record)
        differs = {
            stored: f"(s.{staged} IS NOT NULL AND (t.{stored} IS NULL OR t.{stored} <> s.{staged}))"
            for stored, staged in columns.items()
        }
        join = f"FROM intake_row s JOIN {table} t ON t.id = s.{record} WHERE s.act = '{act}'"
        changed = " OR ".join(differs.values()) or "1 = 0"
        self.keep(model, f"SELECT t.id {join} AND ({changed})")
        self._tell_updates(model, columns, differs, f"{join} AND ({changed})", client)
        sets = [f"{stored} = COALESCE(s.{staged}, {table}.{stored})" for stored, staged in columns.items()]
        if touches:
            sets.append("updated_at = %(now)s")
        run(f"CREATE TEMPORARY TABLE intake_changed AS SELECT s.number AS number {join} AND ({changed})")
        sql.analyze("intake_changed")
        count = run(
            f"UPDATE {table} SET {', '.join(sets)} FROM intake_row s WHERE s.{record} = {table}.id "
            "AND s.number IN (SELECT number FROM intake_changed)", {"now": self.stamp},
        ) if columns else 0  # fmt: skip
        if record == "record_id" and act == "update":
            run(
                "UPDATE intake_row SET act = 'same' WHERE act = 'update' AND number IN "
                "(SELECT number FROM intake_row EXCEPT SELECT number FROM intake_changed)"
            )
        run("DROP TABLE intake_changed")
        return count

    # --- keeping and telling -------------------------------------------------------------------
    def keep(self, model: type[models.Model], ids: str, parameters: Sequence[Any] = ()) -> None:
        """Keep rows as they are before they change; ``ids``: a query of their ids. Once each."""
        label = model._meta.label_lower
        run(
            f"INSERT INTO {KEPT} (record_import_id, model, record_id, before, after) "
            f"SELECT %s, %s, t.id, {sql.row_json(model, 't')}, '' FROM {model._meta.db_table} t "
            f"WHERE t.id IN ({ids} EXCEPT "
            f"SELECT record_id FROM {KEPT} WHERE record_import_id = %s AND model = %s)",
            [self.record_import.pk, label, *parameters, self.record_import.pk, label],
        )
        refresh_statistics(KeptRow)

    def keep_created(self, model: type[models.Model], ids: str, parameters: Sequence[Any] = ()) -> None:
        """Remember rows that this import created; ``ids``: a query of their ids."""
        run(
            f"INSERT INTO {KEPT} (record_import_id, model, record_id, before, after) "
            f"SELECT %s, %s, i.id, '', '' FROM ({ids}) i",
            [self.record_import.pk, model._meta.label_lower, *parameters],
        )
        refresh_statistics(KeptRow)

    def keep_created_ids(self, model: type[models.Model], ids: Sequence[int]) -> None:
        label = model._meta.label_lower
        columns = ["record_import_id", "model", "record_id", "before", "after"]
        for chunk in staging.chunks(ids, CHUNK):
            staging.stage(KEPT, columns, [(self.record_import.pk, label, pk, "", "") for pk in chunk])
        refresh_statistics(KeptRow)

    def _tell_updates(
        self, model: type[models.Model], columns: Mapping[str, str], differs: Mapping[str, str], join: str, client: str
    ) -> None:  # fmt: skip
        fields = {f.column: f for f in sql.columns_of(model)}
        told = [stored for stored in columns if stored not in _NOT_TOLD]
        if not told:
            return
        before = sql.json_document([sql.piece(fields[c], f"t.{c}", differs[c]) for c in told])
        after = sql.json_document([sql.piece(fields[c], f"s.{columns[c]}", differs[c]) for c in told])
        self._tell(model, ChangeAct.UPDATED, client, before, after, join)

    def tell_created(self, model: type[models.Model], client: str) -> None:
        """Write the history of what was created, with what it holds."""
        fields = [f for f in sql.columns_of(model) if f.attname not in _NOT_TOLD]
        pieces = [sql.piece(f, f"t.{f.column}", _is_filled(f)) for f in fields]
        join = (
            f"FROM {KEPT} k JOIN {model._meta.db_table} t ON t.id = k.record_id "
            f"WHERE k.record_import_id = {self.record_import.pk} AND k.model = '{model._meta.label_lower}' "
            "AND k.before = ''"
        )
        self._tell(model, ChangeAct.CREATED, client, "NULL", sql.json_document(pieces), join)

    def tell_tags(self) -> None:
        """The tags that this import put on clients, one line of history each, as acts on many rows write it."""
        name = sql.quoted("g.name", Tag._meta.get_field("name"))
        before, after = (sql.json_document([f"""',"tags":' || {value}"""]) for value in ("'null'", name))
        join = (
            f"FROM {KEPT} k JOIN clients_client_tags x ON x.id = k.record_id JOIN clients_client t ON t.id = x.client_id "
            f"JOIN clients_tag g ON g.id = x.tag_id WHERE k.record_import_id = {self.record_import.pk} "
            "AND k.model = 'clients.client_tags' AND k.before = ''"
        )
        self._tell(Client.tags.through, ChangeAct.UPDATED, "t.id", before, after, join)

    def _tell(
        self, model: type[models.Model], act: ChangeAct, client: str, before: str, after: str, join: str
    ) -> None:
        run(
            f"INSERT INTO {CHANGES} (batch_id, client_id, model, record_id, act, before, after, by_id, at) "
            f"SELECT CAST(%s AS bigint), {client}, %s, t.id, %s, {before}, {after}, CAST(%s AS bigint), %s {join}",
            [
                self.batch and self.batch.pk, model._meta.label_lower, act.value,
                self.user and self.user.pk, self.stamp,
            ],
        )  # fmt: skip

    # --- search text ---------------------------------------------------------------------------
    def refresh_search(self, model: Any, ids: str) -> None:
        """``search_text`` of the rows of a query, as their own ``save`` would write it."""
        run("CREATE TEMPORARY TABLE intake_changed (id bigint primary key)")
        run(f"INSERT INTO intake_changed SELECT DISTINCT i.id FROM ({ids}) i")
        sql.analyze("intake_changed")
        run("CREATE TEMPORARY TABLE intake_search (id bigint primary key, search_text text)")
        table = model._meta.db_table
        names = [f.attname for f in sql.columns_of(model) if f.attname != "search_text"]
        listed = ", ".join(f"t.{f.column}" for f in sql.columns_of(model) if f.attname != "search_text")
        last = 0
        while found := rows(
            f"SELECT {listed} FROM intake_changed i JOIN {table} t ON t.id = i.id "
            f"WHERE i.id > %s ORDER BY i.id LIMIT {CHUNK}", [last],
        ):  # fmt: skip
            staging.stage(
                "intake_search", ["id", "search_text"], [_search_text(model, names, one) for one in found]
            )
            last = found[-1][names.index("id")]
        sql.analyze("intake_search")
        run(f"UPDATE {table} SET search_text = i.search_text FROM intake_search i WHERE i.id = {table}.id")
        run("DROP TABLE intake_search")
        run("DROP TABLE intake_changed")

    def finish(self) -> None:
        """Count, and take the fingerprint of all that was written."""
        for act, name in (("create", "created"), ("update", "updated"), ("same", "unchanged")):
            self.counts[name] += rows("SELECT COUNT(*) FROM intake_row WHERE act = %s", [act])[0][0]
        seal(self.record_import)


def _search_text(model: Any, names: Sequence[str], values: Sequence[Any]) -> tuple[int, str]:
    """By the model's own method, on a bare instance: making whole ones would take most of an import's time."""
    one = model.__new__(model)
    one.__dict__.update(zip(names, values, strict=True))
    return one.id, one.make_search_text()


def _is_filled(field_: Any) -> str:
    column = f"t.{field_.column}"
    is_text = isinstance(field_, models.CharField | models.TextField)
    return f"({column} IS NOT NULL{f' AND {column} <> {chr(39) * 2}' if is_text else ''})"


def seal(record_import: RecordImport) -> None:
    """Note how each kept record reads now, to know later whether somebody changed it since."""
    from django.apps import apps

    kept = KeptRow.objects.filter(record_import=record_import, day=None)
    for (label,) in kept.values_list("model").distinct().order_by("model"):
        model = apps.get_model(label)
        sealed = run(
            f"UPDATE {KEPT} SET after = {sql.row_mark(model, 't')} FROM {model._meta.db_table} t "
            f"WHERE t.id = {KEPT}.record_id AND {KEPT}.record_import_id = %s AND {KEPT}.model = %s",
            [record_import.pk, label],
        )
        if sealed >= MANY:
            sql.analyze(model._meta.db_table)
            sql.analyze(KEPT)
