from datetime import timedelta

import pytest
import time_machine

from deliverability.models import Event
from deliverability.queries.suppressions import suppressed_keys
from deliverability.types import EventKind, StreamKind
from subscribers.models import ConsentRecord, Subscription
from subscribers.services.preferences import change_frequencies, change_topics, change_tracking, pause, resume
from subscribers.services.subscriptions import unsubscribe_all
from subscribers.types import ConsentAction, Frequency, Origin, Purpose
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import ConsentWordingFactory, MailingListFactory, subscribed

pytestmark = pytest.mark.django_db
ORIGIN = Origin(source="https://huila.example/p", actor="the person")


def last_entry(contact_id: int) -> ConsentRecord:
    return ConsentRecord.objects.filter(contact_id=contact_id).order_by("-pk")[0]


def test_topics_change_in_one_step_and_the_mailing_hears_of_the_departure() -> None:
    news, offers = MailingListFactory.create(slug="news"), MailingListFactory.create(slug="offers")
    contact, mailing, wording = subscribed(news), MailingFactory.create(), ConsentWordingFactory.create()
    change = {
        "contact_id": contact.pk,
        "join": [offers.pk],
        "leave": [news.pk],
        "wording_id": wording.pk,
        "origin": ORIGIN,
        "mailing_id": mailing.pk,
    }
    assert change_topics(**change)
    assert not change_topics(**change)
    standing = dict(Subscription.objects.filter(contact=contact).values_list("mailing_list__slug", "state"))
    assert standing == {"news": "unsubscribed", "offers": "subscribed"}
    assert Event.objects.get(mailing=mailing).kind == EventKind.UNSUBSCRIBED
    granted = last_entry(contact.pk)
    assert (granted.action, granted.mailing_list, granted.wording) == (ConsentAction.GRANTED, offers, wording)


def test_choosing_a_topic_after_leaving_everything_really_means_mail_again() -> None:
    news = MailingListFactory.create()
    contact = subscribed(news)
    unsubscribe_all(contact_id=contact.pk, origin=ORIGIN)
    change_topics(
        contact_id=contact.pk,
        join=[news.pk],
        leave=[],
        wording_id=ConsentWordingFactory.create().pk,
        origin=ORIGIN,
    )
    assert not suppressed_keys(StreamKind.MARKETING, [bytes(contact.address_key)])


def test_how_often_is_said_per_topic_once_and_subscribes_nobody() -> None:
    news, offers = MailingListFactory.create(slug="news"), MailingListFactory.create(slug="offers")
    contact = subscribed(news)
    choices = {news.pk: Frequency.WEEKLY, offers.pk: Frequency.MONTHLY}
    assert change_frequencies(contact_id=contact.pk, choices=choices, origin=ORIGIN)
    assert not change_frequencies(contact_id=contact.pk, choices=choices, origin=ORIGIN)
    assert [standing.frequency for standing in Subscription.objects.filter(contact=contact)] == ["weekly"]
    said = ConsentRecord.objects.get(contact=contact, purpose=Purpose.FREQUENCY)
    assert (said.action, said.detail, said.mailing_list) == (ConsentAction.CHOSEN, "weekly", news)


def test_a_pause_holds_thirty_days_and_a_second_press_does_not_prolong_it() -> None:
    contact = subscribed()
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False) as clock:
        until = pause(contact_id=contact.pk, origin=ORIGIN)
        clock.shift(timedelta(days=3))
        assert pause(contact_id=contact.pk, origin=ORIGIN) == until
        assert until.isoformat() == "2026-12-20T10:00:00+00:00"
        entry = last_entry(contact.pk)
        assert (entry.action, entry.expires_at) == (ConsentAction.PAUSED, until)
        assert resume(contact_id=contact.pk, origin=ORIGIN)
        assert not resume(contact_id=contact.pk, origin=ORIGIN)
    contact.refresh_from_db()
    assert contact.paused_until is None
    assert last_entry(contact.pk).action == ConsentAction.RESUMED


def test_tracking_follows_the_choice_and_the_ledger_knows() -> None:
    contact, wording = subscribed(), ConsentWordingFactory.create(name="open-tracking")
    wordings = {Purpose.OPEN_TRACKING: wording.pk, Purpose.CLICK_TRACKING: wording.pk}
    choices = {Purpose.OPEN_TRACKING: True, Purpose.CLICK_TRACKING: False}
    assert change_tracking(contact_id=contact.pk, choices=choices, wordings=wordings, origin=ORIGIN)
    assert not change_tracking(contact_id=contact.pk, choices=choices, wordings=wordings, origin=ORIGIN)
    contact.refresh_from_db()
    assert (contact.tracks_opens, contact.tracks_clicks) == (True, False)
    entry = last_entry(contact.pk)
    assert (entry.purpose, entry.action, entry.wording) == (Purpose.OPEN_TRACKING, ConsentAction.GRANTED, wording)
    choices[Purpose.OPEN_TRACKING] = False
    change_tracking(contact_id=contact.pk, choices=choices, wordings=wordings, origin=ORIGIN)
    contact.refresh_from_db()
    assert not contact.tracks_opens
    assert last_entry(contact.pk).action == ConsentAction.WITHDRAWN
