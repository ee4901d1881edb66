"""People who opened and clicked, apart from machines, counted once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deliverability.queries.engaged import (
    engaged_by_provider,
    engagement_over_time,
    link_clicks,
    people_engaged,
)
from deliverability.queries.people import people_of
from deliverability.services.events import append_events
from deliverability.types import AgentKind, EventKind, NewEvent
from tests.factories.deliverability import MailingFactory

pytestmark = pytest.mark.django_db
# No event is older than its mailing.
START = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def happened(
    mailing_id: int,
    person: int,
    kind: EventKind = EventKind.CLICKED,
    agent: AgentKind = AgentKind.HUMAN,
    minute: int = 0,
    link: int | None = 0,
    provider: str = "google",
) -> None:
    moment = START + timedelta(minutes=minute)
    append_events([NewEvent(moment, kind, mailing_id, person, provider, agent_kind=agent, link=link)])


def test_a_person_counts_once_and_a_machine_never() -> None:
    mailing, other = MailingFactory.create().pk, MailingFactory.create().pk
    for person, agent in ((1, AgentKind.HUMAN), (1, AgentKind.HUMAN), (2, AgentKind.MACHINE), (3, AgentKind.HUMAN)):
        happened(mailing, person, agent=agent)
    happened(mailing, 1, EventKind.OPENED, AgentKind.PROXY)
    found = people_engaged([mailing, other])
    assert (found[mailing], found[other]) == ((0, 2, 0, 0), (0, 0, 0, 0))


def test_who_leaves_by_two_ways_or_complains_twice_counts_once() -> None:
    mailing = MailingFactory.create().pk
    for person, kind in ((1, EventKind.UNSUBSCRIBED), (2, EventKind.COMPLAINED), (1, EventKind.UNSUBSCRIBED)):
        append_events([NewEvent(START, kind, mailing, person, "google"), NewEvent(START, kind, mailing, person, "gmx")])
    assert people_engaged([mailing])[mailing] == (0, 0, 1, 1)


def test_links_tell_people_clicks_and_scanners_apart() -> None:
    mailing = MailingFactory.create().pk
    happened(mailing, 1, link=0)
    happened(mailing, 1, link=0)
    happened(mailing, 2, link=3)
    happened(mailing, 3, link=3, agent=AgentKind.MACHINE)
    found = link_clicks(mailing)
    assert (found[0].people, found[0].clicks, found[0].machine_clicks) == (1, 2, 0)
    assert (found[3].people, found[3].clicks, found[3].machine_clicks) == (1, 1, 1)


def test_time_runs_in_equal_steps_from_the_start() -> None:
    mailing = MailingFactory.create().pk
    happened(mailing, 1, EventKind.OPENED, minute=0)
    happened(mailing, 2, EventKind.OPENED, minute=59)
    happened(mailing, 1, minute=61)
    happened(mailing, 1, minute=60 * 50)
    found = engagement_over_time(mailing, start=START, span=timedelta(hours=48), now=START + timedelta(days=9))
    assert found.step == timedelta(hours=1)
    assert (len(found.opens), found.opens[0], found.clicks[1], sum(found.clicks)) == (48, 2, 1, 1)


def test_a_young_mailing_has_short_steps_and_none_that_lie_ahead() -> None:
    found = engagement_over_time(
        MailingFactory.create().pk, start=START, span=timedelta(hours=48), now=START + timedelta(minutes=5)
    )
    assert (found.step, len(found.opens)) == (timedelta(minutes=1), 5)


def test_providers_by_people() -> None:
    mailing = MailingFactory.create().pk
    happened(mailing, 1)
    happened(mailing, 2, EventKind.OPENED, provider="gmx")
    assert engaged_by_provider(mailing) == {"google": (0, 1, 0, 0), "gmx": (1, 0, 0, 0)}


def test_people_page_by_their_ids_each_once_with_the_last_event() -> None:
    mailing = MailingFactory.create().pk
    for person in (5, 1, 3, 1):
        happened(mailing, person, minute=person)
    happened(mailing, 1, minute=30, link=2)
    first = people_of(mailing, EventKind.CLICKED, most=2)
    assert [each.recipient_id for each in first] == [1, 3]
    assert first[0].at == START + timedelta(minutes=30)
    assert [each.recipient_id for each in people_of(mailing, EventKind.CLICKED, after=3)] == [5]
    assert [each.recipient_id for each in people_of(mailing, EventKind.CLICKED, link=2)] == [1]
    assert people_of(mailing, EventKind.CLICKED, mailbox_provider="gmx") == []
