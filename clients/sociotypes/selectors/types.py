"""The types of all clients at once, for readiness, waves and the matrix."""

from datetime import date

import numpy as np

from clients.models import Client
from clients.rules import ClientKind, ClientState
from clients.sociotypes.permission import refused_profiling
from clients.sociotypes.rules.derived import Array, ClientStatus, ClientTypes, derive
from common.arrays import day_number, select

_SCALE = 10**9
"""Probabilities travel as whole numbers: nine digits are more than the scales can tell apart."""
_NAMES = ("person", "client", "decides", "p1", "p2", "p3", "p4", "base", "fades", "ends", "typed", "waits")


def client_types(as_of: date, client: Client | None = None) -> ClientTypes:
    """Every active client, sorted by id, with the type its people give it as of a day.

    Decision-makers first, else everybody of the client who has not left; expired and unconfirmed answers and
    people who want no profile count as unknown, and so does a private client who wants none, whoever else is
    known of it. Four queries, whatever the number of clients; ``client`` asks for that one alone.
    """
    ids = np.sort(_active_clients()) if client is None else np.array([client.pk])
    people = select(_results_sql(as_of, client), _NAMES)
    refused, closed = _refused()
    objecting = _clients_of_refusing(client)
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


def _refused() -> tuple[Array, Array]:
    """People who want no profile, and the private clients among them."""
    rows = list(refused_profiling().values_list("pk", "client_id", "is_client", "client__kind"))
    closed = [client for _, client, own, kind in rows if own and kind == ClientKind.PERSON]
    return np.array([row[0] for row in rows], dtype=np.int64), np.array(closed, dtype=np.int64)


def _active_clients() -> Array:
    return select(
        f"SELECT id AS client FROM clients_client WHERE state = '{ClientState.ACTIVE.value}'", ["client"]
    )["client"]


def _clients_of_refusing(client: Client | None) -> Array:
    """Clients of people who want no profile: their results are gone, and the reason should still show."""
    rows = refused_profiling().filter(client__state=ClientState.ACTIVE.value, left_on__isnull=True)
    if client is not None:
        rows = rows.filter(client=client)
    return np.array(list(rows.values_list("client_id", flat=True)), dtype=np.int64)


def _aged(people: dict[str, Array], today: int) -> tuple[Array, Array]:
    """Confidence 0…100 faded by age, and who has expired."""
    fades, ends = people["fades"], people["ends"]
    weight = 1 - 0.5 * np.maximum(0, today - fades) / np.maximum(1, ends - fades)
    return people["base"] / _SCALE * weight, today > ends


def _results_sql(as_of: date, client: Client | None) -> str:
    only = "" if client is None else f"AND c.id = {client.pk}"
    probabilities = ", ".join(
        f"CAST(ROUND(CAST(COALESCE(r.p{k}, 0) * {_SCALE} AS NUMERIC)) AS BIGINT) AS p{k}"
        for k in (1, 2, 3, 4)
    )
    day = as_of.isoformat()
    return f"""
        SELECT p.id AS person, p.client_id AS client, CASE WHEN p.is_decision_maker THEN 1 ELSE 0 END AS decides,
            {probabilities},
            CAST(ROUND(CAST(COALESCE(r.base_confidence, 0) * {_SCALE} AS NUMERIC)) AS BIGINT) AS base,
            {day_number("r.fades_from")} AS fades, {day_number("r.expires_on")} AS ends,
            CASE WHEN r.type = '' THEN 0 ELSE 1 END AS typed,
            CASE WHEN r.is_suspect AND r.confirmed_at IS NULL THEN 1 ELSE 0 END AS waits
        FROM clients_sociotyperesult r
        JOIN clients_person p ON p.id = r.person_id
        JOIN clients_client c ON c.id = p.client_id
        WHERE c.state = '{ClientState.ACTIVE.value}' AND r.answered_on <= '{day}'
            AND (r.superseded_on IS NULL OR r.superseded_on > '{day}')
            AND (p.left_on IS NULL OR p.left_on > '{day}') {only}
    """
