"""The demo in the database: made, made again, taken away."""

import json
from collections import Counter
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from accounts.defaults import DEMO_PASSWORD
from accounts.models import Team, User
from accounts.rules import Role
from clients.models import (
    AnswerSheet,
    BuyingUnit,
    Client,
    Consent,
    Interaction,
    Invitation,
    ItemAnswer,
    Person,
    QuestionnaireRound,
    SociotypeResult,
    Tag,
    Task,
    UnitMembership,
)
from clients.rules import ClientKind, TaskState
from clients.sociotypes.permission import may_be_profiled
from clients.sociotypes.rules.instrument import TYPES
from clients.sociotypes.rules.reliability import WARN_BELOW
from clients.sociotypes.rules.scoring import Channel, Status
from clients.sociotypes.selectors.rounds import Progress, mix, progress_counts, reliability_report
from clients.sociotypes.services.tending import tend
from cmix_site.demo.people import PEOPLE
from cmix_site.demo.sociotypes import MIX
from jobs.models import Job, OutMail
from kinetics.models import ClientIndicator, KineticsRun
from kinetics.services import recompute_kinetics
from kinetics.states import Evidence, RevenueState
from sales.models import Category, ClientDay, DirtyDay, Order, OrderLine, Product
from sales.rollup import rebuild_dirty
from sales.services import mark_all_dirty
from segmentation.models import (
    AccompanimentStep,
    ClientReadiness,
    ClientSegment,
    GridThresholds,
    MatrixRun,
    ReadinessRun,
    SegmentationRun,
    SegmentEvent,
)
from segmentation.rules.grid import Segment
from segmentation.rules.waves import Step, Wave
from segmentation.services import classify_clients
from segmentation.services.matrix import compute_matrix
from segmentation.services.readiness import compute_readiness
from tests.factories.records import make_client, make_order

pytestmark = pytest.mark.django_db
TODAY = "2026-11-22"
KINDS = (
    Client, Order, OrderLine, Product, Category, User, Team, ClientDay, Job, Person, Consent, BuyingUnit,
    UnitMembership, Interaction, Task, Tag, QuestionnaireRound, Invitation, AnswerSheet, ItemAnswer,
    SociotypeResult, AccompanimentStep,
)  # fmt: skip


def demo(*arguments: str) -> dict:
    out = StringIO()
    call_command("demo", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


def make(clients: int = 40, *more: str) -> dict:
    return demo("--clients", str(clients), "--today", TODAY, *more)


def sizes() -> dict[str, int]:
    return {kind.__name__: kind.objects.count() for kind in KINDS}


def test_it_writes_a_portfolio():
    made = make()
    assert made["state"] == "made"
    assert made["until"] == "2026-11-21"
    assert Client.objects.count() == made["clients"] == 40
    assert Order.objects.count() == made["orders"]
    assert OrderLine.objects.count() == made["lines"] + made["refund_lines"]
    assert OrderLine.objects.filter(amount_cents__lt=0).count() == made["refund_lines"]
    assert OrderLine.objects.latest("day").day <= date(2026, 11, 21)


def test_the_quarter_before_shows_who_moved_once_and_goes_with_the_demo():
    before = SegmentationRun.objects.count()
    assert make(150, "--quarter")["weeks"] == 13
    moved = SegmentEvent.objects.count()
    assert moved > 0
    assert SegmentEvent.objects.filter(as_of__gt=date(2026, 11, 14)).count() == 0
    assert make(150, "--quarter")["weeks"] == 0
    assert SegmentEvent.objects.count() == moved
    demo("--remove")
    assert (SegmentEvent.objects.count(), SegmentationRun.objects.count()) == (0, before)


def test_the_rollup_is_ready():
    made = make()
    assert DirtyDay.objects.count() == 0
    assert ClientDay.objects.count() == made["client_days"]
    total = OrderLine.objects.aggregate(total=Sum("net_cents"))["total"]
    assert ClientDay.objects.aggregate(total=Sum("rev"))["total"] == total


def test_its_users_log_in_with_every_role(client):
    make(1)
    users = {user.email: user for user in User.objects.all()}
    assert set(users) == {person.email for person in PEOPLE}
    assert {user.role for user in users.values()} == {role.value for role in Role}
    assert [user.email for user in users.values() if user.language == "en"] == ["emma.brisdale@demo.example"]
    form = {"username": "claire.garesson@demo.example", "password": DEMO_PASSWORD}
    assert client.post(reverse("accounts:login"), form).status_code == 302


def test_every_client_has_an_owner_of_its_team_and_can_be_searched():
    make()
    for row in Client.objects.select_related("owner"):
        assert row.owner.team_id == row.team_id
        assert row.search_text == row.make_search_text()


def test_somebody_stands_behind_every_client():
    make(120)
    persons = Client.objects.filter(kind=ClientKind.PERSON)
    selves = Person.objects.filter(is_client=True)
    assert {person.client_id: person.name for person in selves} == dict(persons.values_list("pk", "name"))
    firms = Client.objects.filter(kind=ClientKind.COMPANY)
    assert not firms.filter(people__isnull=True).exists()
    decided = firms.filter(people__is_decision_maker=True).distinct().count()
    assert 0 < decided < firms.count()
    assert [
        person.pk for person in Person.objects.all() if person.search_text != person.make_search_text()
    ] == []


def test_households_and_groups_hold_clients():
    make(120)
    households = BuyingUnit.objects.filter(kind="household")
    for unit in households:
        members = [one.client for one in unit.memberships.select_related("client")]
        assert [
            len(members),
            len({one.street for one in members}),
            len({one.owner_id for one in members}),
        ] == [2, 1, 1]
        assert unit.head.client in members
    assert households.count() > 0
    group = BuyingUnit.objects.get(kind="group")
    assert group.memberships.filter(left_on__isnull=False).count() == 1
    assert set(group.memberships.values_list("client__team__name", flat=True)) == {"Lille", "Lyon"}
    assert Client.objects.filter(parent__isnull=False).exists()


def test_talks_lead_to_tasks_of_the_owner():
    make(120)
    for task in Task.objects.select_related("client"):
        assert task.owner_id == task.client.owner_id
        talk = Interaction.objects.get(pk=int(task.origin.removeprefix("interaction:")))
        assert (talk.client_id, talk.next_step) == (task.client_id, task.title)
    assert set(Task.objects.values_list("state", flat=True)) == {TaskState.OPEN, TaskState.DONE}
    assert Interaction.objects.filter(minutes__isnull=True).exists()
    assert not Interaction.objects.filter(happened_at__date__gte=TODAY).exists()


def test_people_answered_in_the_mix_and_nobody_is_mailed():
    make(400)
    director = User.objects.get(email="helene.montaudin@demo.example")
    today, now = date.fromisoformat(TODAY), datetime(2026, 11, 22, 12, tzinfo=UTC)
    found = mix(director, today)
    shares = [found.counts[kind.value] / found.total for kind in TYPES]
    assert shares == pytest.approx(MIX, abs=0.06)
    report = reliability_report(director)
    assert report.answers >= 100
    assert all(WARN_BELOW <= scale.alpha <= 0.95 for scale in report.scales)
    results = SociotypeResult.objects.all()
    channels = Counter(results.values_list("channel", flat=True))
    assert channels[Channel.SELF] > channels[Channel.PHONE] > channels[Channel.OBSERVED] > 0
    assert {Status.FIRM, Status.PROBABLE, Status.TIE} <= set(results.values_list("status", flat=True))
    assert 0 < results.filter(expires_on__lt=today).count() < 20
    assert not results.exclude(person__in=may_be_profiled()).exists()
    round_ = QuestionnaireRound.objects.get()
    states = {Progress.DONE, Progress.STARTED, Progress.WAITING, Progress.REVOKED, Progress.EXPIRED}
    assert set(progress_counts(round_, director, now)) == states
    assert set(tend(now).values()) == {0}
    assert OutMail.objects.count() == 0
    steps = AccompanimentStep.objects.all()
    assert set(steps.values_list("step", flat=True)) == {step.value for step in Step}
    assert steps.latest("done_on").done_on < today


def test_nothing_is_sold_before_its_launch_and_services_only_on_the_spot():
    make(120)
    launched = Product.objects.filter(introduced_on__isnull=False)
    for product in launched:
        assert OrderLine.objects.filter(product=product, day__lt=product.introduced_on).count() == 0
    assert OrderLine.objects.filter(product__in=launched).exists()
    online = OrderLine.objects.filter(order__channel="online")
    assert online.filter(product__sold_online=False).count() == 0
    assert set(Order.objects.values_list("channel", flat=True)) == {"", "online", "offline"}
    assert set(Product.objects.values_list("sold_online", flat=True)) == {True, False, None}
    tree = Category.objects.values_list("name", "parent__name", "is_near_universe")
    assert ("Vaisselle", "Arts de la table", False) in tree
    assert ("Arts de la table", None, True) in tree


def test_again_changes_nothing():
    first = make()
    before = sizes()
    assert make() == first | {"state": "present"}
    assert sizes() == before


def test_the_same_seed_writes_the_same_rows():
    def rows() -> list:
        lines = OrderLine.objects.order_by("order__ref", "day", "position")
        clients = Client.objects.order_by("ref").values_list("ref", "name", "owner__email", "phone")
        return [
            *clients,
            *lines.values_list("order__ref", "order__client__ref", "day", "product__ref", "net_cents"),
        ]

    make()
    first = rows()
    demo("--remove")
    make()
    assert rows() == first


def test_another_demo_is_refused():
    make()
    with pytest.raises(CommandError, match="take it away first"):
        make(41)


def test_it_is_not_mixed_with_real_clients():
    make_client()
    with pytest.raises(CommandError, match="holds clients"):
        make()
    assert sizes()["Client"] == 1


def test_removing_leaves_nothing():
    before = sizes()
    make()
    assert demo("--remove") == {"state": "removed", "clients": 40, "kept": 0}
    assert sizes() == before
    assert demo("--remove") == {"state": "absent"}


def test_removing_leaves_what_is_not_the_demos(cast):
    Team.objects.create(name="Lille")
    real = make_client(owner=cast.alice)
    make_order(real, date(2026, 1, 5), 1000)
    mark_all_dirty()
    rebuild_dirty()
    before = sizes()
    make(40, "--force")
    demo("--remove")
    assert sizes() == before


def test_removing_keeps_what_others_came_to_need():
    make()
    owner = User.objects.get(email="paul.verdatier@demo.example")
    make_client(owner=owner)
    make_order(make_client(), date(2026, 1, 5), 1000, product=Product.objects.get(ref="D-P01"))
    # The user, the product, and their team and category.
    assert demo("--remove") == {"state": "removed", "clients": 40, "kept": 4}


@pytest.mark.parametrize("clients", [0, 100_000])
def test_sizes_out_of_range_are_refused(clients):
    with pytest.raises(CommandError, match="1 to 99,999"):
        make(clients)


def test_its_night_shows_every_state_and_segment_and_leaves_with_it():
    make(200)
    run_day = date(2026, 11, 21)
    recompute_kinetics(as_of=run_day, now=timezone.now())
    classify_clients(as_of=run_day, now=timezone.now())
    compute_readiness(as_of=run_day, now=timezone.now())
    compute_matrix(as_of=run_day, now=timezone.now())
    placed = ClientReadiness.objects.values_list("wave", flat=True)
    assert set(placed) == {int(wave) for wave in Wave}
    rows = ClientIndicator.objects.all()
    assert set(rows.values_list("revenue_state", flat=True)) == {state.value for state in RevenueState}
    assert set(rows.values_list("evidence", flat=True)) == {state.value for state in Evidence}
    assert set(ClientSegment.objects.values_list("segment", flat=True)) == {one.value for one in Segment}
    demo("--remove")
    computed = (KineticsRun, SegmentationRun, GridThresholds, ReadinessRun, MatrixRun)
    assert [model.objects.count() for model in computed] == [0, 0, 0, 0, 0]
