"""Scores and stages of everybody, and the sentence that explains one of them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.services.permission import SENDWELL
from deliverability.services.events import append_events
from deliverability.types import AgentKind, EventKind, NewEvent
from subscribers.errors import LifecycleRefused
from subscribers.models import Contact, ContactScore
from subscribers.queries.engagement.lifecycle import lifecycle_stages, stage_counts
from subscribers.queries.engagement.score import explain_score
from subscribers.queries.segments import count_people, known
from subscribers.rules.lifecycle import DEFAULT, Stage, Stages
from subscribers.rules.scoring import Deed
from subscribers.rules.segments.parsing import parse_rules
from subscribers.services.activities import record_activities
from subscribers.services.engagement import refresh_engagement
from subscribers.services.lifecycle import define_stages
from subscribers.services.merging import merge_contacts
from subscribers.services.scoring import score_contacts
from subscribers.types import NewActivity
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import ContactFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def act(contact: Contact, days: float, kind: EventKind = EventKind.CLICKED, agent: AgentKind = AgentKind.HUMAN) -> None:
    mailing = MailingFactory.create()
    at = NOON - days * DAY
    append_events([NewEvent(at, kind, mailing.pk, contact.pk, "google", agent_kind=agent)])


def order(contact: Contact, days: float, value: str) -> None:
    activity = NewActivity(contact.pk, "ordered", NOON - days * DAY, value=Decimal(value))
    record_activities(actor=SENDWELL, activities=[activity])


def score() -> int:
    with time_machine.travel(NOON, tick=False):
        return score_contacts()


def test_points_halve_every_thirty_days_and_machines_are_worth_nothing() -> None:
    fresh, old, machine, buyer = ContactFactory.create_batch(4)
    act(fresh, 0)
    act(old, 30)
    act(old, 60, EventKind.OPENED)
    act(machine, 1, agent=AgentKind.MACHINE)
    act(machine, 1, EventKind.OPENED, AgentKind.PROXY)
    order(buyer, 30, "80")
    score()
    points = dict(ContactScore.objects.values_list("contact", "points"))
    assert points == {fresh.pk: 5.0, old.pk: 2.8, machine.pk: 0.0, buyer.pk: 5.0}


def test_fifths_rank_those_who_did_something() -> None:
    people = ContactFactory.create_batch(6)
    for number, contact in enumerate(people[:5]):
        for _ in range(number + 1):
            order(contact, 40 - 10 * number, str(10 * (number + 1)))
    score()
    found = {each.contact_id: each for each in ContactScore.objects.all()}
    fifths = [(found[one.pk].recency, found[one.pk].frequency, found[one.pk].monetary) for one in people]
    assert fifths == [(1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4), (5, 5, 5), (0, 0, 0)]
    best = found[people[4].pk]
    assert best.score == 15 + round(best.points)


def test_a_second_run_changes_only_what_changed() -> None:
    contact = ContactFactory.create()
    act(contact, 0)
    assert score() == 1
    assert score() == 0
    order(contact, 0, "5")
    assert score() == 1


def test_what_a_merged_contact_did_counts_for_the_one_who_stayed() -> None:
    keep, other = ContactFactory.create_batch(2)
    act(other, 0)
    merge_contacts(keep_id=keep.pk, merge_id=other.pk, actor=SENDWELL)
    score()
    assert list(ContactScore.objects.values_list("contact", "points")) == [(keep.pk, 5.0)]


def test_nobody_who_is_restricted_is_profiled() -> None:
    contact = ContactFactory.create()
    score()
    Contact.objects.filter(pk=contact.pk).update(restricted_at=NOON)
    score()
    assert not ContactScore.objects.exists()


def test_a_score_is_explained() -> None:
    contact = ContactFactory.create()
    for days in (2, 90, 100, 110, 120, 130):
        act(contact, days)
    order(contact, 10, "12.50")
    score()
    explained = explain_score(contact.pk, now=NOON)
    assert explained is not None
    first, second = explained.shares[:2]
    assert (first.deed, round(first.points, 1)) == (Deed.PURCHASE, 7.9)
    assert (second.deed, round(second.points, 1)) == (Deed.CLICK, 4.8)
    assert (len(explained.shares), explained.others) == (5, 2)
    whole = sum(share.points for share in explained.shares) + explained.rest
    assert round(whole, 1) == explained.score.points


def test_stages_follow_their_definition_and_tell_since_when() -> None:
    ages = (1, 60, 200, 300, 500)
    people = ContactFactory.create_batch(5)
    for contact, days in zip(people, ages, strict=True):
        Contact.objects.filter(pk=contact.pk).update(created_at=NOON - days * DAY)
    act(people[1], 5)
    act(people[2], 120)
    refresh_engagement()
    score()
    stages = dict(ContactScore.objects.values_list("contact", "stage"))
    assert [stages[contact.pk] for contact in people] == ["new", "active", "at_risk", "dormant", "lost"]
    since = dict(ContactScore.objects.values_list("contact", "stage_since"))
    assert since[people[2].pk] == NOON - 30 * DAY
    assert since[people[0].pk] == NOON - DAY
    with time_machine.travel(NOON + 40 * DAY, tick=False):
        score_contacts()
    changed = ContactScore.objects.get(contact=people[0])
    assert (changed.stage, changed.stage_since) == ("at_risk", NOON + 40 * DAY)


def test_a_new_definition_counts_at_once() -> None:
    contact = ContactFactory.create()
    Contact.objects.filter(pk=contact.pk).update(created_at=NOON - 20 * DAY)
    assert stage_counts(DEFAULT, now=NOON)[Stage.NEW] == 1
    shorter = Stages(new=7, active=14, at_risk=15, dormant=60)
    assert stage_counts(shorter, now=NOON)[Stage.DORMANT] == 1
    define_stages(actor=SENDWELL, stages=shorter)
    assert lifecycle_stages() == shorter
    dormant = parse_rules({"type": "field", "field": "lifecycle", "op": "is", "value": "dormant"}, known())
    assert count_people(dormant, now=NOON) == 1


def test_stages_that_leave_no_room_are_refused() -> None:
    with pytest.raises(LifecycleRefused, match="follow each other"):
        define_stages(actor=SENDWELL, stages=Stages(active=200))
    with pytest.raises(LifecycleRefused, match="between 1 and 3,650"):
        define_stages(actor=SENDWELL, stages=Stages(new=0))


def test_segments_know_scores_and_the_day_of_a_stage() -> None:
    keen, _quiet = ContactFactory.create_batch(2)
    act(keen, 0)
    score()
    ContactFactory.create()  # not reckoned yet
    for rule, people in (
        ({"field": "score", "op": "at_least", "value": 6}, 1),
        ({"field": "score", "op": "less_than", "value": 6}, 2),
        ({"field": "stage_since", "op": "is_unknown"}, 1),
    ):
        assert count_people(parse_rules({"type": "field", **rule}, known()), now=NOON) == people
