"""The types of all clients at once, for readiness, waves and the matrix."""

from collections.abc import Sequence
from datetime import date

import numpy as np
from django.db import connection

from clients.models import Client, Person, SociotypeResult
from clients.rules import ClientKind, ClientState
from clients.sociotypes.permission import refused_profiling
from clients.sociotypes.rules.derived import Array, ClientStatus, ClientTypes, derive
from common.arrays import day_number, places, select

_SCALE = 10**9
"""Probabilities travel as whole numbers: nine digits are more than the scales can tell apart."""
_PAIR, _DAY, _FLAGS = 30, 22, 3  # bits: a probability, an ordinal day, what is asked of a person
_COLUMNS = ("person", "client", "decides", "p1", "p2", "p3", "p4", "base", "fades", "ends", "typed", "waits")
_NAMES = ("who", "client", "front", "back", "base", "ageing")


def client_types(as_of: date) -> ClientTypes:
    """Every active client, sorted by id, with the type its people give it as of a day.

    Decision-makers first, else everybody of the client who has not left; expired and unconfirmed answers and
    people who want no profile count as unknown, and so does a private client who wants none, whoever else is
    known of it. Three queries, whatever the number of clients.
    """
    clients = np.sort(_active_clients())
    people = _unpacked(_of_clients(clients, select(_results_sql(as_of), _NAMES)))
    return _derived(clients, people, *_refused(), as_of)


def _of_clients(clients: Array, rows: dict[str, Array]) -> dict[str, Array]:
    """Those of active clients only: asked of the database, it costs a join of every row."""
    _, ours = places(clients, rows["client"])
    return rows if ours.all() else {name: values[ours] for name, values in rows.items()}


def types_of(
    client: Client, people: Sequence[Person], results: Sequence[SociotypeResult], as_of: date
) -> ClientTypes:
    """The same for one client whose people (with ``is_profiled``) and their results were read already."""
    known = {person.pk: person for person in people}
    refused = [person for person in people if not person.is_profiled]  # type: ignore[attr-defined]
    private = client.kind == ClientKind.PERSON
    rows = [
        _row(known[one.person_id], one) for one in results if _counts(known.get(one.person_id), one, as_of)
    ]
    columns = np.array(rows, dtype=np.int64).reshape(-1, len(_COLUMNS)).T
    return _derived(
        np.array([client.pk]), dict(zip(_COLUMNS, columns, strict=True)), _ids([person.pk for person in refused]),
        _ids([client.pk for person in refused if person.is_client and private]),
        _ids([client.pk for person in refused if person.left_on is None]), as_of,
    )  # fmt: skip


def _counts(person: Person | None, result: SociotypeResult, as_of: date) -> bool:
    return (
        person is not None
        and result.answered_on <= as_of
        and (result.superseded_on is None or result.superseded_on > as_of)
        and (person.left_on is None or person.left_on > as_of)
    )


def _row(person: Person, result: SociotypeResult) -> list[int]:
    """As ``_results_sql`` gives it, in the order of ``_COLUMNS``."""
    shares = [int((p or 0) * _SCALE + 0.5) for p in (result.p1, result.p2, result.p3, result.p4)]
    return [
        person.pk, person.client_id, int(person.is_decision_maker), *shares,
        int((result.base_confidence or 0) * _SCALE + 0.5), result.fades_from.toordinal(),
        result.expires_on.toordinal(), int(bool(result.type)), int(result.needs_confirmation),
    ]  # fmt: skip


def _derived(
    ids: Array, people: dict[str, Array], refused: Array, closed: Array, objecting: Array, as_of: date
) -> ClientTypes:
    """``refused`` people; ``closed`` private clients; ``objecting``: clients of people who want no profile."""
    confidence, expired = _aged(people, as_of.toordinal())
    why_not = np.select(
        [np.isin(people["person"], refused) | np.isin(people["client"], closed), people["typed"] == 0, people["waits"] == 1, expired],
        [ClientStatus.OBJECTED, ClientStatus.UNDETERMINED, ClientStatus.SUSPECT, ClientStatus.EXPIRED],
        ClientStatus.NOT_ASKED,
    )  # fmt: skip
    usable = (why_not == ClientStatus.NOT_ASKED) & (confidence > 0)
    none = np.zeros(len(objecting))
    p = np.column_stack([people[name] for name in ("p1", "p2", "p3", "p4")]) / _SCALE
    return derive(
        ids, of_client=np.concatenate([people["client"], objecting]).astype(np.int64),
        decides=np.concatenate([people["decides"] == 1, none == 1]),
        p=np.vstack([p, np.zeros((len(objecting), 4))]),
        confidence=np.concatenate([confidence, none]),
        usable=np.concatenate([usable, none == 1]),
        why_not=np.concatenate([why_not, np.full(len(objecting), ClientStatus.OBJECTED)]).astype(int),
    )  # fmt: skip


def _refused() -> tuple[Array, Array, Array]:
    """People who want no profile; the private clients among them; the clients of those still there, whose
    results are gone while the reason should still show."""
    rows = list(
        refused_profiling().values_list(
            "pk", "client_id", "is_client", "client__kind", "client__state", "left_on"
        )
    )
    closed = [of for _, of, own, kind, *_rest in rows if own and kind == ClientKind.PERSON]
    there = [of for _, of, _, _, state, left in rows if state == ClientState.ACTIVE and left is None]
    return _ids([row[0] for row in rows]), _ids(closed), _ids(there)


def _ids(numbers: list[int]) -> Array:
    return np.array(numbers, dtype=np.int64)


def _active_clients() -> Array:
    return select(
        f"SELECT id AS client FROM clients_client WHERE state = '{ClientState.ACTIVE.value}'", ["client"]
    )["client"]


def _aged(people: dict[str, Array], today: int) -> tuple[Array, Array]:
    """Confidence 0…100 faded by age, and who has expired."""
    fades, ends = people["fades"], people["ends"]
    weight = 1 - 0.5 * np.maximum(0, today - fades) / np.maximum(1, ends - fades)
    return people["base"] / _SCALE * weight, today > ends


def _unpacked(rows: dict[str, Array]) -> dict[str, Array]:
    """The columns out of what travelled; every number printed or sent costs more than the shifts."""
    who, ageing = rows["who"], rows["ageing"]
    low = (1 << _PAIR) - 1
    return {
        "person": who >> _FLAGS, "decides": who & 1, "typed": who >> 1 & 1, "waits": who >> 2 & 1,
        "client": rows["client"], "base": rows["base"],
        "p1": rows["front"] >> _PAIR, "p2": rows["front"] & low,
        "p3": rows["back"] >> _PAIR, "p4": rows["back"] & low,
        "fades": ageing >> _DAY, "ends": ageing & ((1 << _DAY) - 1),
    }  # fmt: skip


def _results_sql(as_of: date) -> str:
    p1, p2, p3, p4 = (_scaled(f"r.p{k}") for k in (1, 2, 3, 4))
    day = as_of.isoformat()
    return f"""
        SELECT p.id * {1 << _FLAGS} + CASE WHEN p.is_decision_maker THEN 1 ELSE 0 END
                + CASE WHEN r.type = '' THEN 0 ELSE 2 END
                + CASE WHEN r.is_suspect AND r.confirmed_at IS NULL THEN 4 ELSE 0 END AS who,
            p.client_id AS client, {p1} * {1 << _PAIR} + {p2} AS front, {p3} * {1 << _PAIR} + {p4} AS back,
            {_scaled("r.base_confidence")} AS base,
            CAST({day_number("r.fades_from")} AS BIGINT) * {1 << _DAY} + {day_number("r.expires_on")} AS ageing
        FROM clients_sociotyperesult r
        JOIN clients_person p ON p.id = r.person_id
        WHERE r.answered_on <= '{day}'
            AND (r.superseded_on IS NULL OR r.superseded_on > '{day}')
            AND (p.left_on IS NULL OR p.left_on > '{day}')
    """


def _scaled(column: str) -> str:
    """Rounded to nine digits; a cast to a whole number cuts on SQLite and rounds on PostgreSQL."""
    scaled = f"COALESCE({column}, 0) * {_SCALE} + 0.5"
    return f"CAST({scaled if connection.vendor == 'sqlite' else f'FLOOR({scaled})'} AS BIGINT)"
