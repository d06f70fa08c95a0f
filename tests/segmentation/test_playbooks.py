"""Playbooks: both languages, edited, played with a client, a dilemma diagnosed."""

from typing import Any

import pytest
from django.urls import reverse

from clients.models import Client
from segmentation.models import DilemmaDiagnosis, PlaybookText, PlayedStep
from segmentation.rules.own import PLAYBOOKS
from segmentation.rules.playbooks import DEFAULTS, LANGUAGES, read_steps
from segmentation.selectors.playbooks import play_of
from segmentation.services import classify_clients
from tests.conftest import Cast, whole_page
from tests.segmentation.records import AS_OF, NOW, four_corners
from tests.segmentation.test_pages import text_of


def test_every_segment_has_a_playbook_of_the_same_shape_in_both_languages() -> None:
    shapes = {
        (segment, language): [len(stage.steps) for stage in DEFAULTS[segment][language].stages]
        for segment in PLAYBOOKS
        for language in LANGUAGES
    }
    assert [segment for segment in PLAYBOOKS if shapes[segment, "fr"] != shapes[segment, "en"]] == []
    assert [len(DEFAULTS[segment]["en"].stages) for segment in PLAYBOOKS] == [2, 1, 1, 2]


def test_steps_are_lines() -> None:
    assert read_steps("  one \n\n two\ttwo\n") == ("one", "two two")


@pytest.fixture
def corners(cast: Cast) -> dict[str, Client]:
    found = four_corners(owner=cast.alice)
    classify_clients(as_of=AS_OF, now=NOW)
    return found


@pytest.mark.django_db
def test_steps_are_played_once_and_show(corners: dict[str, Client], cast: Cast, browser_of: Any) -> None:
    whale, browser = corners["whale"], browser_of(cast.alice)
    url = reverse("segmentation:play", args=[whale.pk])
    for _again in range(2):
        assert browser.post(url, {"stage": 1, "step": 2, "done": "on"}).status_code == 302
    browser.post(url, {"stage": 7, "step": 0, "done": "on"})  # no such step
    step = PlayedStep.objects.get()
    assert (step.segment, step.stage, step.step, step.by) == ("whale", 1, 2, cast.alice)
    play = play_of(whale)
    assert play is not None
    assert (play.done, play.total, [stage.done for stage in play.stages]) == (1, 7, [0, 1])
    assert "1 of 7 steps" in text_of(browser.get(whole_page(whale)).content.decode())
    assert "Begun with 1 of 1 client." in text_of(
        browser.get(reverse("segmentation:playbooks")).content.decode()
    )
    browser.post(url, {"stage": 1, "step": 2})
    assert PlayedStep.objects.count() == 0
    assert browser_of(cast.carl).post(url, {"stage": 0, "step": 0, "done": "on"}).status_code == 404


@pytest.mark.django_db
def test_a_dilemma_has_its_diagnosis_and_its_target(
    corners: dict[str, Client], cast: Cast, browser_of: Any
) -> None:
    client, browser = corners["dilemma"], browser_of(cast.alice)
    url = reverse("segmentation:diagnosis", args=[client.pk])
    browser.post(url, {"diagnosis": "immature", "target": "thoroughbred"})
    browser.post(url, {"diagnosis": "badly_managed", "target": "athlete"})
    browser.post(url, {"diagnosis": "stupid", "target": "athlete"})
    browser.post(url, {"diagnosis": "bad", "target": "dilemma"})
    found = DilemmaDiagnosis.objects.get()
    assert (found.diagnosis, found.target, found.by) == ("badly_managed", "athlete", cast.alice)
    assert "Badly managed client Athlete" in text_of(browser.get(whole_page(client)).content.decode())


@pytest.mark.django_db
def test_who_is_to_qualify_has_no_playbook(corners: dict[str, Client]) -> None:
    assert play_of(corners["to_qualify"]) is None


@pytest.mark.django_db
def test_a_director_words_a_playbook_anew_in_one_language(
    corners: dict[str, Client], cast: Cast, browser_of: Any
) -> None:
    browser = browser_of(cast.diane)
    url = reverse("segmentation:playbook_edit", args=["athlete", "en"])
    assert (
        browser.post(url, {"aim": "Keep them", "title0": "Care", "steps0": "Call\nVisit"}).status_code == 302
    )
    text = PlaybookText.objects.get()
    assert (text.language, text.stages, text.changed_by) == (
        "en",
        [{"title": "Care", "steps": ["Call", "Visit"]}],
        cast.diane,
    )
    play = play_of(corners["athlete"])
    assert play is not None
    assert (play.aim, play.total) in (("Keep them", 2), (DEFAULTS[play.segment]["fr"].aim, 5))
    for wrong in (["nobody", "en"], ["whale", "de"]):
        assert browser.get(reverse("segmentation:playbook_edit", args=wrong)).status_code == 404
