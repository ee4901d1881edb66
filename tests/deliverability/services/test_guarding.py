"""Guardrails: what is critical stops, people hear of it once, and whoever lets it go on is not stopped for the past."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.services.permission import SENDWELL
from deliverability.errors import GuardrailRefused
from deliverability.models import Alert, FlowCount, GuardrailSetting, Mailing, Stream
from deliverability.rules.guardrails import Metric
from deliverability.services.alerts import acknowledge
from deliverability.services.events import append_events
from deliverability.services.guarding import forget_flow, guard_rates, save_guardrails
from deliverability.services.mailings import resume
from deliverability.services.streams import try_again
from deliverability.types import EventKind, NewEvent
from tests.factories.deliverability import DeliveryBatchFactory, MailingFactory, StreamFactory

pytestmark = pytest.mark.django_db


def happened(mailing: Mailing, kind: EventKind, count: int, *, at: datetime | None = None, to: str = "gmx") -> None:
    now = at or timezone.now()
    append_events([NewEvent(now, kind, mailing.pk, number, to) for number in range(count)])


@pytest.fixture
def mailing() -> Mailing:
    """One that is not through yet."""
    mailing = MailingFactory.create(title="Winter coffees")
    DeliveryBatchFactory.create(mailing=mailing)
    return mailing


def test_a_mailing_that_bounces_too_much_is_paused_with_its_reason_and_one_alert(mailing: Mailing) -> None:
    happened(mailing, EventKind.ACCEPTED, 900)
    happened(mailing, EventKind.FAILED, 100)

    guard_rates()
    guard_rates()

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PAUSED
    assert mailing.paused_because.startswith("Paused by a guardrail. “Winter coffees”: 100 of 1,000 bounced (10 %")
    alert = Alert.objects.get(key=f"rate:mailing:{mailing.pk}:bounces")
    assert (alert.severity, alert.times_seen, alert.resolved_at) == ("critical", 2, None)
    assert "It is paused and goes on when you say so." in alert.text
    assert Stream.objects.get(pk=mailing.stream_id).held_reason == "", "the others of its stream go on"


def test_what_a_person_lets_go_on_is_judged_by_what_comes_then(mailing: Mailing) -> None:
    past = timezone.now() - timedelta(minutes=20)
    happened(mailing, EventKind.FAILED, 100, at=past)
    happened(mailing, EventKind.ACCEPTED, 900, at=past)
    guard_rates()
    resume(mailing_id=mailing.pk)

    assert guard_rates() == []
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.RUNNING

    later = timezone.now() + timedelta(minutes=10)
    happened(mailing, EventKind.FAILED, 100, at=later)
    happened(mailing, EventKind.ACCEPTED, 900, at=later)
    assert guard_rates(now=later) != []


def test_transactional_mail_is_never_stopped_but_people_hear_of_it() -> None:
    mailing = MailingFactory.create(stream=StreamFactory.create(slug="transactional"))
    DeliveryBatchFactory.create(mailing=mailing)
    happened(mailing, EventKind.ACCEPTED, 900)
    happened(mailing, EventKind.FAILED, 100)
    assert guard_rates() == []
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.RUNNING
    assert Stream.objects.get(pk=mailing.stream_id).held_reason == ""
    assert Alert.objects.filter(severity="critical", key__startswith="rate:").count() == 3


def test_a_hold_that_ends_by_itself_gives_way_to_one_that_does_not(mailing: Mailing) -> None:
    mailing.batches.all().delete()
    soon = timezone.now() + timedelta(minutes=1)
    Stream.objects.filter(pk=mailing.stream_id).update(held_reason="The server was busy.", held_until=soon)
    happened(mailing, EventKind.ACCEPTED, 900)
    happened(mailing, EventKind.FAILED, 100)
    guard_rates()
    stream = Stream.objects.get(pk=mailing.stream_id)
    assert (stream.held_reason[:9], stream.held_until) == ("Stopped b", None)


def test_few_say_nothing(mailing: Mailing) -> None:
    happened(mailing, EventKind.ACCEPTED, 30)
    happened(mailing, EventKind.FAILED, 30)
    assert guard_rates() == []
    assert not Alert.objects.exists()


def test_complaints_are_weighed_only_against_mail_whose_complaints_we_would_hear_of(mailing: Mailing) -> None:
    happened(mailing, EventKind.ACCEPTED, 100_00, to="google")
    happened(mailing, EventKind.ACCEPTED, 1_000, to="yahoo")
    happened(mailing, EventKind.COMPLAINED, 6, to="yahoo")
    guard_rates()
    mailing.refresh_from_db()
    assert "6 of 1,000 complained (0.6 %" in mailing.paused_because


def test_a_stream_is_stopped_over_all_its_mailings_until_a_person_says_so(mailing: Mailing) -> None:
    mailings = [mailing, *MailingFactory.create_batch(2)]
    for each in mailings:
        happened(each, EventKind.ACCEPTED, 64)
        happened(each, EventKind.BOUNCED, 7)
    guard_rates()
    stream = Stream.objects.get(pk=mailing.stream_id)
    assert "21 of 192 bounced" in stream.held_reason
    assert stream.held_until is None

    later = timezone.now() + timedelta(minutes=5)
    try_again(actor=SENDWELL, stream_id=stream.pk)
    assert guard_rates(now=later) == []


def test_a_mailing_that_is_through_stops_what_comes_after_it(mailing: Mailing) -> None:
    mailing.batches.all().delete()
    happened(mailing, EventKind.ACCEPTED, 900)
    happened(mailing, EventKind.FAILED, 100)
    guard_rates()
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.RUNNING
    assert "100 of 1,000 bounced" in Stream.objects.get(pk=mailing.stream_id).held_reason


def test_an_alert_ends_by_itself_once_all_is_well_for_a_while(mailing: Mailing) -> None:
    now = timezone.now()
    happened(mailing, EventKind.ACCEPTED, 700, at=now)
    happened(mailing, EventKind.DEFERRED, 300, at=now)
    guard_rates(now=now)
    alert = Alert.objects.get(key__endswith=":deferrals")
    assert acknowledge(actor=SENDWELL, alert_id=alert.pk).acknowledged_by == "Sendwell"
    guard_rates(now=now + timedelta(minutes=10))
    assert Alert.objects.get(pk=alert.pk).resolved_at is None
    guard_rates(now=now + timedelta(minutes=40))
    assert Alert.objects.get(pk=alert.pk).resolved_at is not None


def test_thresholds_that_make_no_sense_are_refused_and_shipped_ones_are_not_kept_as_own() -> None:
    with pytest.raises(GuardrailRefused, match="must rise"):
        save_guardrails(actor=SENDWELL, own={Metric.BOUNCES: (0.05, 0.02, True)})
    save_guardrails(actor=SENDWELL, own={Metric.BOUNCES: (0.02, 0.05, True), Metric.COMPLAINTS: (0.002, 0.005, True)})
    assert list(GuardrailSetting.objects.values_list("metric", flat=True)) == ["complaints"]


def test_counts_that_no_window_reaches_are_forgotten(mailing: Mailing) -> None:
    happened(mailing, EventKind.ACCEPTED, 3)
    FlowCount.objects.create(
        mailing=mailing, mailbox_provider="gmx", slot=timezone.now() - timedelta(days=9), kind=1, total=5
    )
    assert forget_flow(timezone.now() - timedelta(days=8)) == 1
    assert FlowCount.objects.get().total == 3
