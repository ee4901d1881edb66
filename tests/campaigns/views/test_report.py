"""The report: what it says while mail leaves, what it costs, and who stands behind its numbers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.types import Role
from campaigns.models import Campaign
from campaigns.services.finish import finish_sent
from campaigns.services.stepping import note
from campaigns.types import CampaignState
from deliverability.models import DeliveryBatch, Stream, Suppression
from deliverability.services.events import append_events
from deliverability.types import AgentKind, EventKind, NewEvent, Scope
from subscribers.models import Contact
from subscribers.services.subscriptions import say_why, unsubscribe_all
from subscribers.types import LeavingReason, Origin
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import sending
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketer(client: Client) -> Client:
    client.force_login(UserFactory.create(role=Role.MARKETER, time_zone="Europe/Berlin"))
    return client


def event(campaign: Campaign, contact: Contact, kind: EventKind, **fields: object) -> NewEvent:
    if campaign.mailing_id is None:
        raise AssertionError
    return NewEvent(timezone.now(), kind, campaign.mailing_id, contact.pk, contact.mailbox_provider, **fields)  # type: ignore[arg-type]


def progress(client: Client, campaign: Campaign) -> str:
    url = reverse("campaign-progress", args=[campaign.pk])
    return client.get(url, {"state": campaign.state}).content.decode()


def put_off(campaign: Campaign, contacts: list[Contact]) -> None:
    """Everything that is left was put off, as the engine does it: another attempt, due later."""
    append_events([event(campaign, contact, EventKind.DEFERRED, code=451, detail="4.7.500") for contact in contacts])
    later = timezone.now() + timedelta(minutes=10)
    DeliveryBatch.objects.filter(mailing=campaign.mailing).update(attempt=2, due_at=later)


def test_put_off_is_not_finished_and_not_bounced(marketer: Client) -> None:
    contacts = [subscribed(), subscribed()]
    campaign = sending()
    put_off(campaign, contacts)
    finish_sent()
    campaign.refresh_from_db()
    page = progress(marketer, campaign)
    assert "Not finished: what is left was put off and is tried again at" in page
    assert "Put off, retrying" in page
    assert "Refused" not in page
    assert "Gmail has put off what is left for it" in page


def test_a_held_stream_says_why_nothing_leaves(marketer: Client) -> None:
    subscribed()
    campaign = sending()
    Stream.objects.update(held_reason="The provider refuses our password.")
    page = progress(marketer, campaign)
    assert "Nothing leaves at the moment" in page
    assert "The provider refuses our password." in page


def test_a_tick_costs_few_queries_and_scans_no_events(
    marketer: Client, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    contacts = [subscribed() for _ in range(3)]
    campaign = sending()
    append_events([event(campaign, contact, EventKind.ACCEPTED) for contact in contacts])
    with django_assert_max_num_queries(12) as queries:  # type: ignore[operator]
        progress(marketer, campaign)
    assert not [query["sql"] for query in queries if "deliverability_event" in query["sql"]]


def test_the_fragment_asks_for_the_whole_page_when_the_state_has_changed(marketer: Client) -> None:
    subscribed()
    campaign = sending()
    url = reverse("campaign-progress", args=[campaign.pk])
    assert marketer.get(url, {"state": "scheduled"})["HX-Refresh"] == "true"
    assert "every 2s" in marketer.get(url, {"state": "sending"}).content.decode()
    Campaign.objects.update(state=CampaignState.SENT, finished_at=timezone.now())
    assert "hx-trigger" not in marketer.get(url, {"state": "sent"}).content.decode()


def test_people_are_counted_once_and_machines_not_at_all(marketer: Client) -> None:
    reader, scanner = subscribed(), subscribed()
    campaign = sending()
    human, machine = {"agent_kind": AgentKind.HUMAN, "link": 0}, {"agent_kind": AgentKind.MACHINE, "link": 0}
    append_events(
        [
            event(campaign, reader, EventKind.ACCEPTED),
            event(campaign, scanner, EventKind.ACCEPTED),
            event(campaign, reader, EventKind.CLICKED, **human),
            event(campaign, reader, EventKind.CLICKED, **human),
            event(campaign, scanner, EventKind.CLICKED, **machine),
        ]
    )
    page = marketer.get(reverse("campaign", args=[campaign.pk])).content.decode()
    assert "50.0%" in page
    behind = marketer.get(reverse("campaign-people", args=[campaign.pk, "clicked"]), {"link": "0"}).content.decode()
    assert reader.email in behind
    assert scanner.email not in behind


def test_the_people_behind_a_number_come_page_by_page(marketer: Client) -> None:
    contacts = [subscribed() for _ in range(60)]
    campaign = sending()
    append_events([event(campaign, contact, EventKind.FAILED, code=550, detail="5.1.1") for contact in contacts])
    url = reverse("campaign-people", args=[campaign.pk, "failed"])
    first = marketer.get(url).content.decode()
    second = marketer.get(url, {"after": contacts[49].pk}).content.decode()
    assert contacts[49].email in first
    assert f"after={contacts[49].pk}" in first
    assert contacts[50].email in second
    assert contacts[49].email not in second
    # Digits to Python, and no number.
    assert marketer.get(f"{url}?after=²&link=³").status_code == 200


def test_an_erased_person_is_named_as_such(marketer: Client) -> None:
    subscribed()
    campaign = sending()
    append_events([NewEvent(timezone.now(), EventKind.ACCEPTED, campaign.mailing_id or 0, 4711, "google")])
    page = marketer.get(reverse("campaign-people", args=[campaign.pk, "accepted"])).content.decode()
    assert "Somebody who was erased since" in page


def test_one_person_is_explained_with_the_servers_words(marketer: Client) -> None:
    contact = subscribed()
    campaign = sending()
    append_events([event(campaign, contact, EventKind.FAILED, code=550, detail="5.1.1 No such user")])
    DeliveryBatch.objects.filter(mailing=campaign.mailing).update(state=2)
    url = reverse("campaign-why", args=[campaign.pk])
    page = marketer.get(url, {"address": contact.email}, headers={"HX-Request": "true"}).content.decode()
    assert "Their server refused the mail for good" in page
    assert "because there is no such mailbox." in page
    assert "Berlin time" in page
    assert "<code>550 5.1.1 No such user</code></details>" in page
    assert page.count("550") == 1
    assert "<html" not in page


def test_activity_is_told_in_the_viewers_zone(marketer: Client) -> None:
    subscribed()
    campaign = sending()
    note(campaign, actor="Ada", text="Scheduled: starts 2026-11-24T12:51:26Z.")
    page = marketer.get(reverse("campaign", args=[campaign.pk])).content.decode()
    assert "Scheduled: starts 24 Nov 2026, 13:51 Berlin time." in page


def test_a_chart_of_nothing_is_words(marketer: Client) -> None:
    contact = subscribed()
    campaign = sending()
    url = reverse("campaign", args=[campaign.pk])
    assert "Nobody has opened it or clicked a link yet." in marketer.get(url).content.decode()
    append_events([event(campaign, contact, EventKind.OPENED, agent_kind=AgentKind.HUMAN)])
    page = marketer.get(url).content.decode()
    assert "Nobody has opened it" not in page
    assert "1 opens and 0 clicks by people" in page


def test_left_out_and_recipients_lead_to_their_people(marketer: Client) -> None:
    got_it, blocked, unsubscribed = subscribed(), subscribed(), subscribed()
    unsubscribed.subscriptions.update(state="unsubscribed")
    Suppression.objects.create(address_key=blocked.address_key, scope=Scope.MARKETING, reason="complaint")
    campaign = sending()
    page = marketer.get(reverse("campaign", args=[campaign.pk])).content.decode()
    for which, people in (("recipients", [got_it]), ("excluded", [blocked, unsubscribed])):
        url = reverse("campaign-people", args=[campaign.pk, which])
        assert f'href="{url}">{len(people)}<' in page
        named = marketer.get(url).content.decode()
        assert [one.email in named for one in (got_it, blocked, unsubscribed)] == [
            one in people for one in (got_it, blocked, unsubscribed)
        ]
    assert marketer.get(url, {"reason": "no-such"}).status_code == 404


def test_recipients_come_page_by_page(marketer: Client) -> None:
    contacts = [subscribed() for _ in range(60)]
    url = reverse("campaign-people", args=[sending().pk, "recipients"])
    second = marketer.get(url, {"after": contacts[49].pk}).content.decode()
    assert f"after={contacts[49].pk}" in marketer.get(url).content.decode()
    assert contacts[49].email not in second
    assert contacts[59].email in second


def test_the_click_map_shows_people_on_the_links_and_runs_nothing(marketer: Client) -> None:
    contact = subscribed()
    campaign = sending()
    append_events([event(campaign, contact, EventKind.CLICKED, agent_kind=AgentKind.HUMAN, link=0)])
    answer = marketer.get(reverse("campaign-mail", args=[campaign.pk]), {"clicks": ""})
    page = answer.content.decode()
    assert '<a href="https://huila.example/autumn"' in page
    assert '<span class="sendwell-badge">1</span>' in page
    assert "script-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_a_finished_campaign_is_compared_with_those_before(marketer: Client) -> None:
    contact = subscribed()
    ended = timezone.now() - timedelta(days=3)
    for days in range(4):
        campaign = sending(name=f"Letter {days}")
        append_events([event(campaign, contact, EventKind.ACCEPTED)])
        if days == 3:
            append_events([event(campaign, contact, EventKind.CLICKED, agent_kind=AgentKind.HUMAN)])
        moment = ended + timedelta(hours=days)
        Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.SENT, started_at=moment, finished_at=moment)
    page = marketer.get(reverse("campaign", args=[campaign.pk])).content.decode()
    assert "+100.0 pt" in page


def test_complaints_have_their_rate_their_base_and_their_people(marketer: Client) -> None:
    annoyed, pleased = subscribed(), subscribed()
    campaign = sending()
    append_events([event(campaign, contact, EventKind.ACCEPTED) for contact in (annoyed, pleased)])
    append_events([event(campaign, annoyed, EventKind.COMPLAINED)])
    page = marketer.get(reverse("campaign", args=[campaign.pk])).content.decode()
    behind = reverse("campaign-people", args=[campaign.pk, "complained"])
    figure = page.partition(f'href="{behind}"')[2].partition("</a>")[0]
    assert all(words in figure for words in ("Reported as spam", "50.0%", "1 of 2 delivered"))
    people = marketer.get(behind).content.decode()
    assert annoyed.email in people
    assert pleased.email not in people


def test_bounces_are_the_refused_and_the_returned_and_neither_is_delivered(marketer: Client) -> None:
    refused, returned, reached = subscribed(), subscribed(), subscribed()
    campaign = sending()
    append_events(
        [
            event(campaign, refused, EventKind.FAILED, code=550, detail="5.1.1"),
            event(campaign, returned, EventKind.ACCEPTED),
            event(campaign, returned, EventKind.BOUNCED, code=550, detail="5.2.1"),
            event(campaign, reached, EventKind.ACCEPTED),
        ]
    )
    page = marketer.get(reverse("campaign", args=[campaign.pk])).content.decode()
    for which, base, behind in (
        ("bounced", "2 of 3 tried", [refused, returned]),
        ("delivered", "1 of 3 tried", [reached]),
    ):
        url = reverse("campaign-people", args=[campaign.pk, which])
        assert base in page.partition(f'href="{url}"')[2].partition("</a>")[0]
        people = marketer.get(url).content.decode()
        assert [one.email in people for one in (refused, returned, reached)] == [
            one in behind for one in (refused, returned, reached)
        ]


def test_why_people_left_by_this_mail_is_counted_by_reason_with_their_words(marketer: Client) -> None:
    people = [subscribed(), subscribed()]
    campaign = sending()
    for contact, words in zip(people, ("Daily is <b>a lot</b>.", ""), strict=True):
        left = unsubscribe_all(contact_id=contact.pk, origin=Origin(source="x", actor="the person"))
        say_why(
            contact_id=contact.pk,
            entry_id=left.entry_id,
            reason=LeavingReason.TOO_MANY,
            words=words,
            mailing_id=campaign.mailing_id,
        )
    page = marketer.get(reverse("campaign", args=[campaign.pk])).content.decode()
    assert "<li><span>Too many emails</span><span>2</span></li>" in page
    assert page.count("Daily is &lt;b&gt;a lot&lt;/b&gt;.") == 1
