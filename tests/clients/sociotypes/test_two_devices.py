"""Two devices of one person at the same time: what was seen saved is in the result, or its sender was told."""

from tests.installations import Installation

CODE = "from tests.clients.sociotypes import two_devices\nprint(json.dumps({}))"


def test_answers_to_different_statements_are_all_kept(installation: Installation) -> None:
    seen = installation.python(CODE.format("two_devices.different_statements()"))
    assert (seen["said"], seen["sheets"]) == (["saved"] * 6, 1)
    assert seen["kept"] == seen["asked"]


def test_an_answer_during_sending_is_scored_or_refused(installation: Installation) -> None:
    """Six times, because who comes first is for the machine to say."""
    turns = installation.python(CODE.format("[two_devices.answer_while_sending() for _ in range(6)]"))
    assert [turn["sent"] for turn in turns] == [["sent", "sent"]] * 6
    wanted = {"saved": (11 / 3, 5), "closed": (3, 3)}
    assert [(round(turn["scored"], 6), turn["kept"]) for turn in turns] == [
        (round(wanted[turn["change"]][0], 6), wanted[turn["change"]][1]) for turn in turns
    ]


def test_both_devices_on_one_statement_leave_one_answer(installation: Installation) -> None:
    seen = installation.python(CODE.format("two_devices.one_statement()"))
    assert seen["kept"] in ([1], [5])
