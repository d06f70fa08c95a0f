"""Fixtures: the small company is built once for the tests of a module, and each test finds it as it was built."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.template.base import Template
from django.test.utils import _TestState

from tests.access.world import World, make_world
from tests.conftest import Cast, make_cast
from tests.databases import kept


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Cast, World]]:
    with kept(django_db_blocker):
        with django_db_blocker.unblock():
            cast = make_cast()
            built = cast, make_world(cast)
        yield built


@pytest.fixture(autouse=True)
def _unrecorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walks read bodies: that Django also keeps the context of each template would only take time."""
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)


@pytest.fixture
def own_company(company: tuple[Cast, World], db: None) -> tuple[Cast, World]:
    """With objects that the test may change: what it writes is undone, what it sets on them is lost."""
    return deepcopy(company)


@pytest.fixture
def cast(own_company: tuple[Cast, World]) -> Cast:
    return own_company[0]


@pytest.fixture
def world(own_company: tuple[Cast, World]) -> World:
    return own_company[1]
