"""Who bounced, found by what somebody asks for; and the table that says what servers' words mean."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.types import Role
from deliverability.models import InboundMail, Mailing, UnmatchedReply
from deliverability.queries import refusals
from deliverability.queries.refusals import ON_A_PAGE, Asked, RefusalPage, refusal_page
from deliverability.services.events import append_events
from deliverability.services.reply_counts import count_replies
from deliverability.types import EventKind, NewEvent, Reply
from tests.factories.accounts import UserFactory
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import ContactFactory

pytestmark = pytest.mark.django_db
DEAD = {"code": 550, "detail": "5.1.1 The email account that you tried to reach does not exist"}
FULL = {"code": 452, "detail": "4.2.2 The mailbox is full"}


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory.create(role=Role.OWNER))
    return client


@pytest.fixture
def mailing() -> Mailing:
    return MailingFactory.create(title="Winter coffees", composer="campaign", reference="5")


def happened(mailing: Mailing, kind: EventKind, *people: int, to: str = "google", days: float = 0, **more: Any) -> None:
    at = timezone.now() - timedelta(days=days)
    append_events([NewEvent(at, kind, mailing.pk, person, to, **more) for person in people])


def who(page: RefusalPage) -> list[int]:
    return [row.recipient_id for row in page.rows]


def text_of(client: Client, name: str, query: str = "") -> str:
    answer = client.get(reverse(name) + query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_each_question_narrows(mailing: Mailing) -> None:
    other = MailingFactory.create(title="Spring")
    happened(mailing, EventKind.ACCEPTED, 1)
    happened(mailing, EventKind.DEFERRED, 2, **FULL)
    happened(mailing, EventKind.FAILED, 3, to="gmx", **DEAD)
    happened(mailing, EventKind.BOUNCED, 4, **DEAD)
    happened(mailing, EventKind.COMPLAINED, 5, to="yahoo")
    happened(other, EventKind.FAILED, 6, days=2, provider_id=77, **FULL)
    happened(other, EventKind.FAILED, 7, days=40, **DEAD)
    assert who(refusal_page(Asked())) == [5, 4, 3, 6], "newest first, what is tried again and what is old left out"
    assert who(refusal_page(Asked(kind="deferred"))) == [2]
    assert who(refusal_page(Asked(mailbox_provider="gmx"))) == [3]
    assert who(refusal_page(Asked(mailing_id=other.pk))) == [6]
    assert who(refusal_page(Asked(provider_id=77))) == [6]
    assert who(refusal_page(Asked(provider_id=mailing.stream.provider_id))) == [5, 4, 3]
    assert who(refusal_page(Asked(day=(timezone.now() - timedelta(days=40)).date()))) == [7]
    full = refusal_page(Asked(kind="deferred")).rows[0].rule
    assert full
    assert who(refusal_page(Asked(rule=full.id))) == [2, 6], "a rule is looked for among what was put off, too"


@pytest.mark.parametrize("rule", ["", "bad-address"])
def test_pages_follow_each_other_without_a_gap(mailing: Mailing, rule: str) -> None:
    people = range(1, 2 * ON_A_PAGE + 8)
    happened(mailing, EventKind.FAILED, *people, **DEAD)
    happened(mailing, EventKind.FAILED, *(1000 + person for person in people), **FULL)
    seen, below = [], None
    for _ in range(10):
        page = refusal_page(Asked(rule=rule), below=below)
        seen += who(page)
        below = page.older
        if below is None:
            break
    wanted = list(people) if rule else [*people, *(1000 + person for person in people)]
    assert sorted(seen) == sorted(wanted)
    assert below is None


def test_a_rare_rule_reads_no_more_than_it_may_and_goes_on_from_there(
    mailing: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "_AT_ONCE", 10)
    monkeypatch.setattr(refusals, "_MOST_READ", 20)
    happened(mailing, EventKind.FAILED, 1, days=1, **DEAD)
    happened(mailing, EventKind.FAILED, *range(100, 130), **FULL)
    first = refusal_page(Asked(rule="bad-address"))
    assert first.rows == []
    assert first.older is not None
    assert who(refusal_page(Asked(rule="bad-address"), below=first.older)) == [1]


def test_the_page_shows_people_words_and_what_follows(owner: Client, mailing: Mailing) -> None:
    anna, ben = ContactFactory.create(email="anna@example.org"), ContactFactory.create(email="ben@example.org")
    happened(mailing, EventKind.FAILED, anna.pk, 2_000_000, **DEAD)
    happened(mailing, EventKind.FAILED, ben.pk, **FULL)
    text = text_of(owner, "bounces")
    assert f'<a href="{reverse("contact", args=[anna.pk])}">anna@example.org</a>' in text
    assert "Somebody who was erased since" in text
    assert f'<a href="{reverse("campaign", args=["5"])}">Winter coffees</a>' in text
    assert "The address does not exist. The address is suppressed." in text
    assert "There is no room for more mail. It was tried until its time was over; the address stays." in text
    assert "550 5.1.1 The email account" in text
    assert "Rule bad-address" in text


def test_the_mail_that_came_back_is_one_click_away(owner: Client, mailing: Mailing) -> None:
    at = timezone.now() - timedelta(hours=1)
    mail = InboundMail.objects.create(received_at=at, source="Bounces", digest=b"1", raw=b"", size=0, state="recorded")
    append_events([NewEvent(at, EventKind.BOUNCED, mailing.pk, 1, "gmx", **DEAD)])
    assert reverse("inbound-mail", args=[mail.pk]) in text_of(owner, "bounces")


def test_what_cannot_be_asked_is_dropped(owner: Client, mailing: Mailing) -> None:
    happened(mailing, EventKind.FAILED, 1, **DEAD)
    text = text_of(owner, "bounces", "?provider=x&kind=x&rule=x&mailing=x&way=-1&day=x&before=x&id=x")
    assert "No such mailbox" in text
    assert "Nobody fits all of this" in text_of(owner, "bounces", "?provider=gmx")


def test_the_reply_table_stands_in_its_order_with_hits_by_provider(owner: Client) -> None:
    replies = [(Reply(550, "does not exist", "5.1.1"), "google")] * 3 + [(Reply(550, "No such user", "5.1.1"), "gmx")]
    count_replies(replies=replies)
    text = text_of(owner, "replies")
    assert "bad-address" in text
    assert f'<a href="{reverse("bounces")}?rule=bad-address">4</a>' in text
    assert re.search(r"Gmail 3.*GMX and Web.de 1", text)
    assert "gmail-authentication" not in text
    everything = text_of(owner, "replies", "?show=all")
    assert everything.index("gmail-authentication") < everything.index("bad-address")
    assert "RFC 3463" in everything
    assert '?rule=bad-address&amp;provider=gmx">1</a>' in text_of(owner, "replies", "?provider=gmx")


def test_an_unknown_reply_waits_until_somebody_looked_at_it(owner: Client) -> None:
    count_replies(replies=[(Reply(554, "The moon is in the wrong house, ref 88213", ""), "gmx")])
    reply = UnmatchedReply.objects.get()
    text = text_of(owner, "replies")
    assert "The moon is in the wrong house, ref 88213" in text
    answer = owner.post(reverse("reply-settle", args=[reply.pk]), follow=True)
    assert "Looked at. It does not stand here again." in answer.content.decode()
    count_replies(replies=[(Reply(554, "The moon is in the wrong house, ref 99", ""), "gmx")])
    assert "Replies that no rule knows" not in text_of(owner, "replies")
