"""A campaign that asks again, from the button to what silence means."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.types import Role
from campaigns.models import Campaign
from campaigns.services.asking_again import ask_again, settle_due
from deliverability.models import DeliveryBatch
from deliverability.queries.messages import where_sent
from deliverability.services.events import append_events
from deliverability.types import EventKind, NewEvent
from subscribers.models import ConsentRecord, Contact, MailingList, Reconfirmation, Segment, Subscription
from subscribers.queries.audience.selection import audience_counts
from subscribers.services import reconfirming
from subscribers.services.reconfirming import reconfirm
from subscribers.types import Audience, Origin
from templates_app.services.compilation import compile_content
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.deliverability import MailingFactory, StreamFactory
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = pytest.mark.django_db
PERSON = Origin(source="http://127.0.0.1:8000/k/", actor="the person")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def news() -> MailingList:
    OrganisationFactory.create()
    StreamFactory.create()
    return MailingListFactory.create(slug="news")


def asked(news: MailingList, people: list[Contact], *, on_silence: str, reached: int) -> Campaign:
    """The campaign, sent to these people, of whom so many got it."""
    campaign = ask_again(actor=UserFactory.create(role=Role.OWNER), list_id=news.pk, on_silence=on_silence, days=14)
    mailing = MailingFactory.create(composer="campaign", reference=str(campaign.pk))
    Campaign.objects.filter(pk=campaign.pk).update(mailing=mailing)
    now, ids = timezone.now(), [person.pk for person in people]
    DeliveryBatch.objects.create(
        mailing=mailing,
        stream=mailing.stream,
        mailbox_provider="google",
        recipient_ids=ids,
        first_due_at=now,
        due_at=now,
        state=DeliveryBatch.State.CLOSED,
    )
    append_events([NewEvent(now, EventKind.ACCEPTED, mailing.pk, key, "google") for key in ids[:reached]])
    return campaign


def test_the_draft_has_a_list_words_and_a_button_that_leads_to_the_persons_own_page(news: MailingList) -> None:
    campaign = ask_again(
        actor=UserFactory.create(role=Role.OWNER), list_id=news.pk, on_silence="stay", days=30, only_ending=True
    )
    assert (campaign.mailing_list, campaign.subject) == (news, "Do you still want to hear from us?")
    assert campaign.segments == [Segment.objects.get().pk]
    assert campaign.template is not None
    content = compile_content(
        source=campaign.template.source, subject=campaign.subject, preheader="", organisation=None
    )
    assert "{% link reconfirm %}" in content.html
    row = Reconfirmation.objects.get()
    assert (row.campaign_id, row.mailing_list, row.on_silence) == (campaign.pk, news, "stay")


def test_silence_ends_the_permission_of_those_who_got_the_question_and_only_theirs(
    news: MailingList, clock: Any
) -> None:
    people = [subscribed(news) for _ in range(4)]
    clock.shift(60)
    asked(news, people, on_silence="lapse", reached=3)
    clock.shift(3600)
    reconfirm(contact_id=people[0].pk, mailing_list_ids=[news.pk], organisation="Huila", locale="en", origin=PERSON)
    assert settle_due() == 0
    clock.shift(timedelta(days=14))
    assert settle_due() == 2
    assert settle_due() == 0
    states = dict(Subscription.objects.values_list("contact_id", "state"))
    assert [states[person.pk] for person in people] == ["subscribed", "unsubscribed", "unsubscribed", "subscribed"]
    said = ConsentRecord.objects.filter(action="withdrawn", contact=people[1]).get()
    assert said.source.startswith("No answer to campaign")
    assert said.actor.startswith("Sendwell, as")
    row = Reconfirmation.objects.get()
    assert (row.confirmed, row.lapsed) == (1, 2)
    assert audience_counts(Audience(lists=(news.pk,))).included == 2


def test_a_worker_that_dies_in_the_middle_counts_nobody_twice_and_forgets_nobody(
    news: MailingList, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [subscribed(news) for _ in range(3)]
    clock.shift(60)
    asked(news, people, on_silence="lapse", reached=3)
    clock.shift(timedelta(days=15))
    monkeypatch.setattr(reconfirming, "_CHUNK", 2)
    with monkeypatch.context() as dying:
        dying.setattr(reconfirming, "where_sent", lambda pairs: where_sent(pairs) if len(pairs) == 2 else 1 / 0)
        with pytest.raises(ZeroDivisionError):
            settle_due()
    assert settle_due() == 1
    assert Reconfirmation.objects.get().lapsed == 3


def test_silence_changes_nothing_where_people_may_stay_or_nobody_was_asked(news: MailingList, clock: Any) -> None:
    people = [subscribed(news) for _ in range(2)]
    clock.shift(60)
    asked(news, people, on_silence="stay", reached=2)
    ask_again(actor=UserFactory.create(role=Role.OWNER), list_id=news.pk, on_silence="lapse", days=14)
    clock.shift(timedelta(days=15))
    assert settle_due() == 0
    assert not Reconfirmation.objects.filter(settled_at=None).exists()
    assert Subscription.objects.filter(state="subscribed").count() == 2
