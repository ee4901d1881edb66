"""A warm-up day by day: what it allows, what it learns from events, and what a person may do to it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from accounts.errors import PermissionRefused
from accounts.models import User
from accounts.services.permission import SENDWELL
from accounts.types import Role
from deliverability.errors import WarmupRefused
from deliverability.models import Mailing, WarmupDay, WarmupPlan
from deliverability.queries.caps import warmup_caps
from deliverability.services.events import append_events
from deliverability.services.partitions import ensure_partitions
from deliverability.services.warmup import advance_days, end_plan, pause_plan, resume_plan, start_plan, step_back
from deliverability.types import EventKind, NewEvent
from tests.factories.accounts import UserFactory
from tests.factories.deliverability import DeliveryBatchFactory, MailingFactory, ProviderFactory, StreamFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 24)
STEPS = [100, 200, 400, 800]


@pytest.fixture
def owner() -> User:
    return UserFactory.create(role=Role.OWNER)


@pytest.fixture
def mailing() -> Mailing:
    return MailingFactory.create(stream=StreamFactory.create(provider=ProviderFactory.create(kind="sandbox")))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def start(mailing: Mailing, **fields: object) -> WarmupPlan:
    given = {"curve": "custom", "steps": STEPS, "mailbox_providers": ["yahoo"]} | fields
    return start_plan(actor=SENDWELL, provider_id=mailing.stream.provider_id, **given)  # type: ignore[arg-type]


def happen(
    mailing: Mailing, day: date, kind: EventKind, people: range, code: int | None = 250, detail: str = "said the server"
) -> None:
    append_events(
        [NewEvent(noon(day), kind, mailing.pk, number, "yahoo", code=code, detail=detail) for number in people]
    )


def go_to(day: date) -> int:
    with time_machine.travel(noon(day), tick=False):
        return advance_days()


def newest(plan: WarmupPlan, mailbox_provider: str = "yahoo") -> WarmupDay:
    found = plan.days.filter(mailbox_provider=mailbox_provider).latest("day")
    assert isinstance(found, WarmupDay)
    return found


def caps(mailing: Mailing) -> tuple[int | None, int | None]:
    found = warmup_caps(mailing.stream.provider_id)["yahoo"]
    return found.per_day, found.per_hour


@pytest.fixture
def plan(mailing: Mailing) -> WarmupPlan:
    with time_machine.travel(noon(DAY), tick=False):
        return start(mailing)


def test_a_plan_caps_what_it_names_and_nothing_else(mailing: Mailing, plan: WarmupPlan) -> None:
    found = warmup_caps(mailing.stream.provider_id)
    assert set(found) == {"yahoo"}
    assert (found["yahoo"].per_day, found["yahoo"].per_hour) == (100, 13)
    assert found["yahoo"].reason == (
        "The warm-up of loopback allows 100 messages a day to Yahoo and AOL, 13 of them an hour."
    )
    assert warmup_caps(mailing.stream.provider_id + 1) == {}


def test_a_plan_for_everybody_takes_in_whoever_appears_later(mailing: Mailing) -> None:
    with time_machine.travel(noon(DAY), tick=False):
        plan = start(mailing, mailbox_providers=[])
        assert {"google", "yahoo", "other"} <= set(warmup_caps(mailing.stream.provider_id))
        DeliveryBatchFactory.create(mailing=mailing, mailbox_provider="newcomer")
        advance_days()
    assert warmup_caps(mailing.stream.provider_id)["newcomer"].per_day == 100
    assert newest(plan, "newcomer").day == DAY


def test_a_healthy_day_advances_once_however_often_it_is_judged(mailing: Mailing, plan: WarmupPlan) -> None:
    happen(mailing, DAY, EventKind.ACCEPTED, range(97))
    happen(mailing, DAY, EventKind.FAILED, range(97, 98), code=550)
    happen(mailing, DAY, EventKind.DEFERRED, range(98, 100), code=451)

    assert go_to(DAY) == 0
    assert [go_to(DAY + timedelta(days=1)) for _ in range(3)] == [1, 0, 0]

    judged = plan.days.get(day=DAY)
    assert (judged.sent, judged.accepted, judged.deferred, judged.bounced) == (100, 97, 2, 1)
    assert (judged.verdict, newest(plan).step) == ("healthy", 1)
    assert judged.why == ("Healthy: of 100, 0 complained, 1 bounced and 2 were put off. The next day allows 200.")
    assert caps(mailing) == (200, 25)


def test_a_day_is_not_judged_before_its_last_batches_are_written_down(mailing: Mailing, plan: WarmupPlan) -> None:
    midnight = datetime(2026, 11, 25, tzinfo=UTC)
    assert advance_days(now=midnight + timedelta(minutes=4)) == 0
    assert advance_days(now=midnight + timedelta(minutes=5)) == 1


def test_a_late_judgement_neither_raises_the_missed_days_nor_forgets_what_left(
    mailing: Mailing, plan: WarmupPlan
) -> None:
    """Beat stood still for two days: the old cap was in force, and it counts what left on each."""
    for ahead in range(3):
        happen(mailing, DAY + timedelta(days=ahead), EventKind.ACCEPTED, range(ahead * 100, ahead * 100 + 100))

    assert go_to(DAY + timedelta(days=3)) == 3

    assert list(plan.days.order_by("day").values_list("cap", "sent")) == [(100, 100), (100, 100), (100, 100), (200, 0)]


def test_a_cap_that_falls_late_in_a_day_is_no_less_than_what_left(mailing: Mailing, plan: WarmupPlan) -> None:
    plan.days.update(step=3, cap=800)
    happen(mailing, DAY, EventKind.ACCEPTED, range(800))
    happen(mailing, DAY, EventKind.COMPLAINED, range(9), code=None)
    happen(mailing, DAY + timedelta(days=1), EventKind.ACCEPTED, range(1_000, 1_500))

    go_to(DAY + timedelta(days=1))

    fallen = newest(plan)
    assert (plan.days.get(day=DAY).verdict, fallen.step, fallen.cap) == ("back", 2, 500)


def test_retries_and_unknown_fates_are_attempts_but_what_never_reached_the_wire_is_not(
    mailing: Mailing, plan: WarmupPlan
) -> None:
    happen(mailing, DAY, EventKind.DEFERRED, range(1), code=451)
    happen(mailing, DAY, EventKind.DEFERRED, range(1), code=0)
    happen(mailing, DAY, EventKind.ACCEPTED, range(1))
    happen(mailing, DAY, EventKind.FAILED, range(1, 2), code=None, detail="unrenderable")
    happen(mailing, DAY, EventKind.SKIPPED, range(2, 3), code=None)
    happen(mailing, DAY, EventKind.OPENED, range(1), code=None)

    go_to(DAY + timedelta(days=1))

    judged = plan.days.get(day=DAY)
    assert (judged.sent, judged.accepted, judged.deferred, judged.bounced) == (3, 1, 1, 0)


def test_greylisting_is_no_sign_of_ill_health(mailing: Mailing, plan: WarmupPlan) -> None:
    happen(mailing, DAY, EventKind.DEFERRED, range(100), code=450, detail="4.2.0 Greylisted, come back")
    go_to(DAY + timedelta(days=1))
    assert (plan.days.get(day=DAY).deferred, newest(plan).step) == (0, 1)


def test_other_ways_out_and_mailbox_providers_do_not_count(mailing: Mailing, plan: WarmupPlan) -> None:
    stream = StreamFactory.create(slug="transactional", provider=ProviderFactory.create(name="elsewhere"))
    happen(MailingFactory.create(stream=stream), DAY, EventKind.ACCEPTED, range(50))
    append_events([NewEvent(noon(DAY), EventKind.ACCEPTED, mailing.pk, 1, "google", code=250)])
    go_to(DAY + timedelta(days=1))
    assert plan.days.get(day=DAY).sent == 0


def test_an_event_counts_for_the_way_out_that_it_names(mailing: Mailing, plan: WarmupPlan) -> None:
    """Of a stream with a route, the mail of one mailing leaves through several."""
    other = ProviderFactory.create(name="elsewhere")
    append_events(
        [
            NewEvent(noon(DAY), EventKind.ACCEPTED, mailing.pk, 1, "yahoo", code=250, provider_id=plan.provider_id),
            NewEvent(noon(DAY), EventKind.ACCEPTED, mailing.pk, 2, "yahoo", code=250, provider_id=other.pk),
        ]
    )
    go_to(DAY + timedelta(days=1))
    assert plan.days.get(day=DAY).sent == 1


def test_two_unhealthy_days_pause_it_and_it_resumes_by_itself(mailing: Mailing, plan: WarmupPlan) -> None:
    plan.days.update(step=3, cap=800)
    day = DAY
    for complaints in (3, 4):
        happen(mailing, day, EventKind.ACCEPTED, range(800))
        happen(mailing, day, EventKind.COMPLAINED, range(complaints + 2), code=None)
        day += timedelta(days=1)
        go_to(day)
    assert newest(plan).phase == "paused"
    found = warmup_caps(mailing.stream.provider_id)["yahoo"]
    assert (found.per_day, found.per_hour) == (0, 0)
    assert "paused for Yahoo and AOL, after two unhealthy days" in found.reason
    assert "It goes on by itself on 29 November." in found.reason

    for _ in range(2):
        day += timedelta(days=1)
        go_to(day)
        assert caps(mailing) == (0, 0)
    go_to(day + timedelta(days=1))
    assert newest(plan).phase == "warming"
    assert caps(mailing)[0] == plan.steps[newest(plan).step] < 400


def test_a_month_of_silence_leads_back_to_the_foot_even_when_warm(mailing: Mailing, plan: WarmupPlan) -> None:
    plan.days.update(phase="warm", step=3, cap=None, hourly_cap=None)
    happen(mailing, DAY, EventKind.ACCEPTED, range(3))
    go_to(DAY + timedelta(days=30))
    assert "yahoo" not in warmup_caps(mailing.stream.provider_id)
    go_to(DAY + timedelta(days=31))
    assert caps(mailing)[0] == 100
    assert newest(plan).is_engaged_only
    assert "Nothing was sent for 30 days" in plan.days.get(day=DAY + timedelta(days=30)).why


def test_a_pause_by_hand_stops_everything_and_a_resume_goes_on_where_it_was(
    mailing: Mailing, plan: WarmupPlan, owner: User
) -> None:
    with time_machine.travel(noon(DAY), tick=False):
        happen(mailing, DAY, EventKind.ACCEPTED, range(40))
        pause_plan(actor=owner, plan_id=plan.pk)
        assert caps(mailing) == (0, 0)
        with pytest.raises(WarmupRefused):
            pause_plan(actor=owner, plan_id=plan.pk)
    assert newest(plan).cap == 40
    go_to(DAY + timedelta(days=1))
    assert plan.days.get(day=DAY).verdict == "paused"
    with time_machine.travel(noon(DAY + timedelta(days=1)), tick=False):
        resume_plan(actor=owner, plan_id=plan.pk)
        assert caps(mailing) == (100, 13)
        with pytest.raises(WarmupRefused):
            resume_plan(actor=owner, plan_id=plan.pk)


def test_stepping_back_by_hand_halves_from_today_on(mailing: Mailing, plan: WarmupPlan, owner: User) -> None:
    plan.days.update(step=3, cap=800)
    with time_machine.travel(noon(DAY + timedelta(days=1)), tick=False):
        step_back(actor=owner, plan_id=plan.pk, mailbox_provider="yahoo")
    assert (newest(plan).day, caps(mailing)[0]) == (DAY + timedelta(days=1), 400)
    with pytest.raises(WarmupRefused):
        step_back(actor=owner, plan_id=plan.pk, mailbox_provider="google")


def test_a_person_may_end_a_pause_early(mailing: Mailing, plan: WarmupPlan, owner: User) -> None:
    with pytest.raises(WarmupRefused):
        resume_plan(actor=owner, plan_id=plan.pk, mailbox_provider="yahoo")
    today = datetime.now(UTC).date()
    go_to(today)
    plan.days.filter(day=today).update(phase="paused", step=2, resumes_on=today + timedelta(days=3))
    resume_plan(actor=owner, plan_id=plan.pk, mailbox_provider="yahoo")
    assert caps(mailing)[0] == 400


def test_ending_lifts_every_cap_and_makes_room_for_another(mailing: Mailing, plan: WarmupPlan, owner: User) -> None:
    with pytest.raises(WarmupRefused, match="has a warm-up already"):
        start(mailing)
    end_plan(actor=owner, plan_id=plan.pk)
    assert warmup_caps(mailing.stream.provider_id) == {}
    with pytest.raises(WarmupRefused):
        end_plan(actor=owner, plan_id=plan.pk)
    assert go_to(DAY + timedelta(days=5)) == 0
    start(mailing)


def test_only_who_may_manage_sending_steers(mailing: Mailing, plan: WarmupPlan) -> None:
    marketer = UserFactory.create(role=Role.MARKETER)
    for verb in (pause_plan, resume_plan, end_plan):
        with pytest.raises(PermissionRefused):
            verb(actor=marketer, plan_id=plan.pk)
    with pytest.raises(PermissionRefused):
        step_back(actor=marketer, plan_id=plan.pk, mailbox_provider="yahoo")
    with pytest.raises(PermissionRefused):
        start_plan(actor=marketer, provider_id=mailing.stream.provider_id, curve="ses")


def test_week_one_of_a_list_reaches_a_tenth_of_it(mailing: Mailing) -> None:
    with time_machine.travel(noon(DAY), tick=False):
        start(mailing, curve="aggressive", audience={"yahoo": 10_000})
        assert caps(mailing)[0] == 142


def test_the_days_of_a_month_are_found_by_their_partitions(mailing: Mailing, plan: WarmupPlan) -> None:
    ensure_partitions()
    happen(mailing, date(2026, 12, 1), EventKind.ACCEPTED, range(100))
    go_to(date(2026, 12, 2))
    assert plan.days.get(day=date(2026, 12, 1)).sent == 100
