"""A company's own segmentation: import, rules, mapping, and that it takes the grid's place."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from clients.models import Client, Tag
from segmentation.forms.own import as_typed, read_condition
from segmentation.models import ClientSegment, OwnMember, OwnSegment, OwnSegmentation, SegmentEvent
from segmentation.rules.own import Condition, Fact, Operator, OwnFacts, assign, playbook_named
from segmentation.selectors import playbooks_by_client
from segmentation.selectors.own import preview
from segmentation.services import classify_clients, import_segments, put_in_force
from segmentation.services.own import MAX_SEGMENTS, Assigned, TooManySegments, create_by_rules, save_segment
from tests.conftest import Cast
from tests.segmentation.records import AS_OF, NOW, four_corners
from tests.segmentation.test_pages import lead_of, listed_in, text_of


def facts(**numbers: list[float]) -> OwnFacts:
    arrays = {Fact(name): np.array(values, dtype=float) for name, values in numbers.items()}
    return OwnFacts(arrays, {(Fact.TAG, 7): np.array([True, False, True])}, 3)


def test_the_first_rule_that_fits_takes_the_client() -> None:
    rich = Condition(Fact.REVENUE, Operator.AT_LEAST, 100)
    tagged = Condition(Fact.TAG, Operator.IS, 7)
    found = facts(revenue=[100, 500, 20])
    assert assign(found, [[rich, tagged], [rich], []]).tolist() == [0, 1, 2]
    assert assign(found, [[rich], [tagged]]).tolist() == [0, 0, 1]
    assert assign(found, [[rich, Condition(Fact.TAG, Operator.IS_NOT, 7)]]).tolist() == [-1, 0, -1]


def test_what_is_unknown_fits_no_comparison() -> None:
    found = facts(margin=[float("nan"), 0.2, 0.4])
    for operator, fits in ((Operator.AT_LEAST, [-1, -1, 0]), (Operator.BELOW, [-1, 0, -1])):
        assert assign(found, [[Condition(Fact.MARGIN, operator, 0.3)]]).tolist() == fits


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=20), st.lists(st.floats(-1e9, 1e9), max_size=5))
def test_every_client_is_in_one_segment_at_most_and_the_order_decides(
    values: list[float], lines: list[float]
) -> None:
    found = OwnFacts({Fact.REVENUE: np.array(values)}, {}, len(values))
    rules = [[Condition(Fact.REVENUE, Operator.AT_LEAST, line)] for line in lines]
    expected = [next((i for i, line in enumerate(lines) if value >= line), -1) for value in values]
    assert assign(found, rules).tolist() == expected


@pytest.mark.parametrize(
    ("words", "playbook"),
    [(("BA", "x"), "whale"), (("1", "Pur-sang"), "thoroughbred"), (("Athlètes",), "athlete"), (("VIP",), "")],
)  # fmt: skip
def test_a_segment_called_like_one_of_the_four_is_played_so(words: tuple[str, ...], playbook: str) -> None:
    assert playbook_named(*words) == playbook


def file_of(folder: Path, *rows: str, header: str = "ref,segment,name") -> Path:
    path = folder / "segments.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def command(path: Path, *more: str) -> dict[str, Any]:
    out = StringIO()
    call_command("import_segments", str(path), "--json", *more, stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


@pytest.fixture
def corners(cast: Cast) -> dict[str, Client]:
    found = four_corners(owner=cast.alice)
    classify_clients(as_of=AS_OF, now=NOW)
    return found


@pytest.fixture
def imported(corners: dict[str, Client], tmp_path: Path) -> dict[str, Any]:
    rows = [f"{corners['athlete'].ref},KA,Key accounts", f"{corners['whale'].ref},STD,Standard", "nobody,KA,"]
    rows += [f"{corners['dilemma'].ref},STD,Standard", f"{corners['dilemma'].ref},KA,", f",KA,{''}"]
    return command(file_of(tmp_path, *rows))


@pytest.mark.django_db
def test_the_command_says_what_it_read_and_puts_it_in_force(imported: dict[str, Any]) -> None:
    assert imported == {
        "segmentation": "Imported", "rows": 6, "clients": 3, "changed": 3, "segments": {"KA": 1, "STD": 2},
        "playbooks": {"KA": "", "STD": ""}, "rejected": {"twice": 1, "empty": 1, "unknown": 1},
        "examples": imported["examples"], "in_force": True,
    }  # fmt: skip
    assert [(one["line"], one["reason"]) for one in imported["examples"]] == [
        (6, "twice"),
        (7, "empty"),
        (4, "unknown"),
    ]
    names = ClientSegment.objects.filter(run__published=True, run__as_of=AS_OF).values_list(
        "client__name", "own__name"
    )
    assert dict(names) == {
        "Atalante": "Key accounts", "Boréas": "Standard", "Dédale": "Standard", "Circé": None, "Écho": None,
    }  # fmt: skip


@pytest.mark.django_db
def test_without_a_name_each_reader_finds_it_in_their_language(
    imported: dict[str, Any], cast: Cast, browser_of: Any
) -> None:
    User.objects.filter(pk=cast.diane.pk).update(language="fr")
    own, browser = OwnSegmentation.objects.get(), browser_of(cast.diane)
    urls = [reverse("segmentation:own_list"), reverse("segmentation:own_detail", args=[own.pk])]
    told = [browser.get(url).content.decode() for url in urls]
    assert (told[0].count("Importée</a>"), told[1].count("Importée</h1>")) == (1, 1)
    own.name = "Comptes"
    assert str(own) == "Comptes"


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing_and_a_shorter_one_takes_clients_out(
    imported: dict[str, Any], corners: dict[str, Client], tmp_path: Path
) -> None:
    rows = [f"{corners['athlete'].ref};KA", f"{corners['whale'].ref};STD", f"{corners['dilemma'].ref};STD"]
    again = command(file_of(tmp_path, *rows, header="Référence;Segment"))
    assert (again["clients"], again["changed"]) == (3, 0)
    shorter = command(file_of(tmp_path, *rows[:1], header="ref;segment"))
    assert (shorter["clients"], shorter["changed"], OwnMember.objects.count()) == (1, 2, 1)
    assert OwnSegment.objects.get(code="KA").name == "Key accounts"


@pytest.mark.django_db
def test_files_that_are_no_segments_are_refused(corners: dict[str, Client], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"\bref\b"):
        command(file_of(tmp_path, "1,2", header="a,b"))
    with pytest.raises(CommandError, match="no file"):
        command(tmp_path / "absent.csv")
    rows = (Assigned(n, f"r{n}", f"s{n}") for n in range(MAX_SEGMENTS + 1))
    with pytest.raises(TooManySegments):
        import_segments(rows=rows, name="wrong column", by=None, now=NOW)
    assert OwnSegmentation.objects.count() == 0


@pytest.mark.django_db
def test_a_merged_client_counts_for_the_one_it_lives_on_in(corners: dict[str, Client]) -> None:
    old = Client.objects.create(ref="old", name="old", state="merged", merged_into=corners["whale"])
    result = import_segments(rows=[Assigned(2, old.ref, "KA")], name="x", by=None, now=NOW)
    assert list(OwnMember.objects.values_list("client_id", flat=True)) == [corners["whale"].pk]
    assert (result.clients, result.rejected) == (1, {})


@pytest.mark.django_db
def test_it_takes_the_grids_place_in_list_page_events_and_plan(
    imported: dict[str, Any], corners: dict[str, Client], cast: Cast, browser_of: Any
) -> None:
    OwnSegment.objects.filter(code="KA").update(playbook="athlete")
    code = OwnSegment.objects.get(code="KA").event_code
    browser = browser_of(cast.alice)
    assert listed_in(browser.get(f"/clients/?segment={code}").content.decode()) == ["Atalante"]
    assert listed_in(browser.get("/clients/?segment=whale").content.decode()) != ["Boréas"]
    assert "Key accounts" in text_of(browser.get(corners["athlete"].get_absolute_url()).content.decode())
    planned = playbooks_by_client(owner=cast.alice, day=AS_OF)
    assert planned == {client.pk: "athlete" if name == "athlete" else "" for name, client in corners.items()}

    classify_clients(as_of=AS_OF + timedelta(days=1), now=NOW)
    assert SegmentEvent.objects.count() == 0  # the first night knew nobody before
    put_in_force(segmentation=None, now=NOW)
    found = SegmentEvent.objects.order_by("client__name").values_list(
        "client__name", "before", "after", "cause"
    )
    assert ("Atalante", code, "athlete", "own") in list(found)
    assert ("Circé", "", "thoroughbred", "own") in list(found)
    assert "Key accounts" in text_of(browser.get("/care/grid/moved/").content.decode())
    assert (
        playbooks_by_client(owner=cast.alice, day=AS_OF + timedelta(days=1))[corners["whale"].pk] == "whale"
    )


@pytest.mark.django_db
def test_rules_place_the_clients_and_are_previewed_before(corners: dict[str, Client], cast: Cast) -> None:
    tag = Tag.objects.create(name="vip")
    corners["dilemma"].tags.add(tag)
    own = create_by_rules(name="Ours", by=cast.diane, now=NOW)
    for name, typed in (
        ("Loved", [(Fact.TAG, Operator.IS, "VIP")]),
        ("Big", [(Fact.REVENUE, Operator.AT_LEAST, "3000"), (Fact.RECENCY, Operator.BELOW, "60")]),
    ):
        conditions = [read_condition(*one) for one in typed]
        save_segment(
            segment=OwnSegment(segmentation=own, name=name), conditions=conditions, by=cast.diane, now=NOW
        )
    assert [(row.segment and row.segment.name, row.clients, row.revenue_cents) for row in preview(own, AS_OF)] == [
        ("Loved", 1, 60_000), ("Big", 2, 800_000), (None, 2, 130_000),
    ]  # fmt: skip
    put_in_force(segmentation=own, now=NOW)
    names = ClientSegment.objects.filter(run__published=True, own__isnull=False)
    assert dict(names.values_list("client__name", "own__name")) == {
        "Atalante": "Big",
        "Boréas": "Big",
        "Dédale": "Loved",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fact", "operator", "typed", "kept"),
    [
        (Fact.REVENUE, Operator.AT_LEAST, "1 500,50", 150_050),
        (Fact.MARGIN, Operator.BELOW, "12.5", 0.125),
        (Fact.ORDERS, Operator.AT_LEAST, "4", 4),
        (Fact.KIND, Operator.IS, "company", "company"),
    ],
)
def test_what_is_typed_is_kept_and_printed_back(
    fact: Fact, operator: Operator, typed: str, kept: Any
) -> None:
    condition = read_condition(fact, operator, typed)
    assert condition.value == kept
    assert read_condition(fact, operator, as_typed(condition)) == condition


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fact", "operator", "typed"),
    [
        (Fact.REVENUE, Operator.IS, "1"), (Fact.TAG, Operator.AT_LEAST, "x"), (Fact.TAG, Operator.IS, "unknown"),
        (Fact.ORDERS, Operator.BELOW, "many"), (Fact.ORDERS, Operator.BELOW, "NaN"), (Fact.OWNER, Operator.IS, "'; --"),
    ],
)  # fmt: skip
def test_what_makes_no_condition_is_refused(fact: Fact, operator: Operator, typed: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_condition(fact, operator, typed)


@pytest.mark.django_db
def test_a_director_imports_sees_maps_and_puts_in_force(
    corners: dict[str, Client], cast: Cast, browser_of: Any
) -> None:
    browser = browser_of(cast.diane)
    file = SimpleUploadedFile("seg.csv", f"ref,segment\n{corners['whale'].ref},KA\nx,KA".encode())
    answer = browser.post(reverse("segmentation:own_import"), {"name": "Ours", "file": file}, follow=True)
    html = answer.content.decode()
    assert "1 clients have a segment; 1 changed." in text_of(html)
    assert "1 rows name a client that is not known: x (3)." in text_of(html)
    own = OwnSegmentation.objects.get()
    assert (own.in_force, own.changed_by) == (False, cast.diane)
    segment = own.segments.get()
    browser.post(reverse("segmentation:segment_map", args=[segment.pk]), {"playbook": "whale"})
    browser.post(reverse("segmentation:own_activate", args=[own.pk]))
    segment.refresh_from_db()
    assert (segment.playbook, OwnSegmentation.objects.get().in_force) == ("whale", True)
    html = browser.get(reverse("segmentation:own_list")).content.decode()
    assert lead_of(html) == "Your own segmentation “Ours” counts in lists, plan and attention."
    bad = SimpleUploadedFile("seg.csv", b"a,b\n1,2")
    answer = browser.post(reverse("segmentation:own_import"), {"name": "Ours", "file": bad})
    assert (answer.status_code, "no column called ref" in answer.content.decode()) == (422, True)


@pytest.mark.django_db
def test_segments_by_rules_are_edited_ordered_and_deleted(cast: Cast, browser_of: Any) -> None:
    browser, own = browser_of(cast.diane), create_by_rules(name="Ours", by=cast.diane, now=NOW)
    create = reverse("segmentation:segment_create", args=[own.pk])
    for name, value in (("Big", "9000"), ("Rest", "")):
        fields = {
            "name": name,
            "playbook": "",
            "fact0": "revenue" if value else "",
            "operator0": "at_least",
            "value0": value,
        }
        assert browser.post(create, fields).status_code == 302
    assert (
        browser.post(
            create, {"name": "Bad", "playbook": "", "fact0": "tag", "operator0": "is", "value0": "?"}
        ).status_code
        == 422
    )
    big, rest = own.segments.order_by("position")
    assert (big.conditions, rest.conditions) == ([["revenue", "at_least", 900_000]], [])
    html = browser.get(reverse("segmentation:own_detail", args=[own.pk]) + "?preview=1").content.decode()
    assert "Revenue of 52 weeks at least 9000" in text_of(html)
    browser.post(reverse("segmentation:segment_move", args=[rest.pk]), {"to": "up"})
    assert [one.name for one in own.segments.order_by("position")] == ["Rest", "Big"]
    browser.post(reverse("segmentation:segment_move", args=[rest.pk]), {"to": "away"})
    assert [one.name for one in own.segments.order_by("position")] == ["Big"]
