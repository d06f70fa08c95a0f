"""The diagnosis of a dilemma in the list of clients: a column, a filter, and how far it got."""

from typing import Any

import pytest

from clients.models import Client
from clients.personal.profiling import set_objection
from segmentation import panels
from segmentation.models import DilemmaDiagnosis, PlayedStep
from segmentation.rules.playbooks import Diagnosis
from tests.conftest import Cast
from tests.segmentation.records import AS_OF, NOW
from tests.segmentation.test_migration import portfolio  # noqa: F401, a fixture
from tests.segmentation.test_objection import private
from tests.segmentation.test_pages import listed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def diagnosed(portfolio: dict[str, Client], cast: Cast) -> dict[str, Client]:  # noqa: F811
    for name, diagnosis in (
        ("Aster", Diagnosis.IMMATURE),
        ("Bellis", Diagnosis.BAD),
        ("Cistus", Diagnosis.BAD),
    ):
        DilemmaDiagnosis.objects.create(
            client=portfolio[name], diagnosis=diagnosis.value, target="whale", made_on=AS_OF, by=cast.alice
        )
    for segment, step in (("dilemma", 0), ("dilemma", 1), ("whale", 0)):
        PlayedStep.objects.create(
            client=portfolio["Aster"], segment=segment, stage=0, step=step, done_on=AS_OF, by=cast.alice
        )
    return portfolio


def columns() -> dict[str, tuple[Any, Any]]:
    rows = panels.with_dilemma_steps(panels.with_diagnosis(Client.objects.all()))
    return {name: rest for name, *rest in rows.values_list("name", "diagnosis", "dilemma_steps")}  # type: ignore[misc]


def test_column_and_progress(diagnosed: dict[str, Client]) -> None:
    assert columns() == {
        "Aster": ["immature", 2], "Bellis": ["bad", 0], "Cistus": ["bad", 0], "Dahlia": [None, None],
        "Erica": [None, None],
    }  # fmt: skip


def test_filter_and_who_objects(diagnosed: dict[str, Client], cast: Cast, browser_of: Any) -> None:
    browser = browser_of(cast.diane)

    def listed(value: str) -> list[str]:
        return listed_in(browser.get(f"/clients/?diagnosis={value}").content.decode())

    assert (listed("bad"), listed("immature"), listed("badly_managed")) == (
        ["Bellis", "Cistus"],
        ["Aster"],
        [],
    )
    assert "Bad client" in text_of(browser.get("/clients/?diagnosis=bad").content.decode())
    set_objection(person=private(diagnosed["Bellis"]), objected=True, by=cast.alice, now=NOW)
    assert (listed("bad"), columns()["Bellis"]) == (["Cistus"], [None, None])
