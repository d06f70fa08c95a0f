"""Two devices of one person at the same time: what was seen saved is in the result, or its sender was told."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.installations import installed

CODE = """
from tests.clients.sociotypes import two_devices
print(json.dumps({
    "different": two_devices.different_statements(), "one": two_devices.one_statement(),
    "sending": [two_devices.answer_while_sending() for _ in range(6)],
}))
"""


@pytest.fixture(scope="module")
def seen(migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What a process with threads of its own saw; one for all, because starting it takes longest."""
    with installed(migrated, tmp_path_factory.mktemp("devices")) as site:
        yield site.python(CODE)


def test_answers_to_different_statements_are_all_kept(seen: dict[str, Any]) -> None:
    different = seen["different"]
    assert (different["said"], different["sheets"]) == (["saved"] * 6, 1)
    assert different["kept"] == different["asked"]


def test_an_answer_during_sending_is_scored_or_refused(seen: dict[str, Any]) -> None:
    """Six times, because who comes first is for the machine to say."""
    turns = seen["sending"]
    assert [turn["sent"] for turn in turns] == [["sent", "sent"]] * 6
    wanted = {"saved": (11 / 3, 5), "closed": (3, 3)}
    assert [(round(turn["scored"], 6), turn["kept"]) for turn in turns] == [
        (round(wanted[turn["change"]][0], 6), wanted[turn["change"]][1]) for turn in turns
    ]


def test_both_devices_on_one_statement_leave_one_answer(seen: dict[str, Any]) -> None:
    assert seen["one"]["kept"] in ([1], [5])
