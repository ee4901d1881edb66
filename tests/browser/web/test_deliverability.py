"""Deliverability and alerts in a real browser: readable by everybody, usable on a phone, steered without surprises."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.services.permission import SENDWELL
from deliverability import conf
from deliverability.models import Alert, InboundMail, Inbox, LaneChange, Mailing, Stream, UnmatchedReply, Webhook
from deliverability.rules.lanes import WayKey
from deliverability.services.alert_channels import add_channel
from deliverability.services.alerts import report, resolve
from deliverability.services.events import append_events
from deliverability.services.inbound_mail import receive_mail
from deliverability.services.pacing import suspend
from deliverability.services.reply_counts import count_replies
from deliverability.types import EventKind, NewEvent, Reply
from tests.browser.looks import every_look
from tests.browser.web.conftest import Visit, scrolls_sideways, small_targets, violations
from tests.factories.deliverability import EspFactory, MailingFactory
from tests.factories.subscribers import ContactFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DEAD = "5.1.1 The email account that you tried to reach does not exist: https://support.example/" + 30 * "answer"


@pytest.fixture
def mailing() -> Iterator[Mailing]:
    """A busy day: Yahoo has stopped us, the stream is held, two alerts are open, and much came in."""
    mailing = MailingFactory.create(title="Winter coffees", composer="campaign", reference="5")
    way, now = WayKey(mailing.stream.provider_id, "yahoo"), timezone.now()
    person = ContactFactory.create(email=f"{40 * 'long'}@example.org").pk
    rows = [(EventKind.ACCEPTED, 250, None), (EventKind.FAILED, 550, DEAD), (EventKind.DEFERRED, 451, "4.7.0 Busy")]
    append_events(
        [NewEvent(now, kind, mailing.pk, person, "yahoo", code=code, detail=said) for kind, code, said in rows]
    )
    suspend(way=way, reply=f"421 4.7.0 [TSS04] {20 * 'deferred'}", seconds=3600)
    LaneChange.objects.create(provider_id=way.provider_id, mailbox_provider="yahoo", at=now, kind="slower", reply="451")
    Stream.objects.update(held_reason="The provider refuses our password.")
    for severity in Alert.Severity:
        report(key=severity, severity=severity, title=f"A {severity} alert", text="100 of 1,000 bounced.")
    report(key="over", severity=Alert.Severity.WARNING, title="It was bad", text="It is well again.")
    resolve(key="over")
    add_channel(actor=SENDWELL, kind="chat", target="https://hooks.chat.example/services/T0/B0/abcd")
    count_replies(replies=[(Reply(550, DEAD, "5.1.1"), "yahoo"), (Reply(554, f"Moon {30 * 'wrong'}"), "gmx")])
    receive_mail(raw=f"Subject: {30 * 'Undelivered'}\r\n\r\n{90 * 'word'}\r\n".encode(), source="Bounces")
    Webhook.objects.create(provider=EspFactory.create(), received_at=now, body=b'{"a": 1}', refused_why="Not proved.")
    Inbox.objects.create(name="Bounces", host="imap.huila.example", username="b", last_error="It cannot be read.")
    yield mailing
    conf.redis_client().delete(way.pace, way.heard)


def paths(mailing: Mailing) -> list[str]:
    names = ("deliverability", "bounces", "replies", "inbound", "inbound-webhooks", "alerts", "alerts-channels")
    return [
        *(reverse(name) for name in (*names, "alerts-guardrails", "settings-inboxes", "settings-inboxes-new")),
        reverse("deliverability-lane", args=[mailing.stream.provider_id, "yahoo"]),
        reverse("replies") + "?show=all",
        reverse("inbound-mail", args=[InboundMail.objects.get().pk]),
        reverse("inbound-webhook", args=[Webhook.objects.get().pk]),
    ]


@every_look
def test_every_page_of_it_is_accessible(visit: Visit, mailing: Mailing, width: int, theme: str) -> None:
    page = visit(reverse("deliverability"), width=width, theme=theme)
    base = page.url.partition("/deliverability")[0]
    for path in paths(mailing):
        page.goto(base + path)
        for details in page.locator("main details:not([open])").all():
            details.evaluate("element => element.open = true")
        assert (path, violations(page), small_targets(page)) == (path, [], [])
        assert not scrolls_sideways(page), path


def test_one_place_of_the_sidebar_is_current(visit: Visit) -> None:
    page = visit(reverse("warmups"))
    expect(page.locator(".nav-link[aria-current]")).to_have_text("Warm-up")
    page.get_by_role("link", name="Deliverability", exact=True).click()
    expect(page.locator(".nav-link[aria-current]")).to_have_text("Deliverability")


def test_from_what_is_wrong_to_the_persons_and_words_behind_it(visit: Visit, mailing: Mailing) -> None:
    page = visit(reverse("deliverability"))
    page.get_by_role("button", name="Try “Marketing” again now").click()
    expect(page.get_by_text("“Marketing” sends again.")).to_be_visible()
    page.get_by_role("link", name="Yahoo and AOL").click()
    page.get_by_role("button", name="Let it go on now…").click()
    page.get_by_role("dialog").get_by_role("button", name="Go on").click()
    expect(page.get_by_text("It goes on at full speed.")).to_be_visible()
    page.get_by_role("link", name="Deliverability", exact=True).first.click()
    page.get_by_role("row", name="Yahoo and AOL").get_by_role("link", name="1").last.click()
    page.get_by_text("Their words").click()
    expect(page.get_by_text("550 5.1.1 The email account")).to_be_visible()
    page.get_by_label("What happened").select_option("deferred")
    expect(page.get_by_text("It is tried again, later each time.")).to_be_visible()


def test_the_page_follows_what_happens(visit: Visit, mailing: Mailing) -> None:
    page = visit(reverse("deliverability"))
    page.clock.install()
    page.reload()
    expect(page.get_by_text("The provider refuses our password.")).to_be_visible()
    link = page.get_by_role("link", name="Yahoo and AOL")
    link.focus()
    Stream.objects.update(held_reason="")
    page.clock.fast_forward(11_000)
    expect(page.get_by_text("The provider refuses our password.")).not_to_be_visible()
    expect(link).to_be_focused()


def test_an_alert_is_taken_on_and_leaves_the_home_page(visit: Visit, mailing: Mailing) -> None:
    page = visit(reverse("home"))
    expect(page.get_by_text("A critical alert")).to_be_visible()
    page.get_by_role("link", name="Open alerts").first.click()
    page.get_by_role("button", name="I look after it: A critical alert").click()
    expect(page.get_by_text("Mira Lang looks after it since")).to_be_visible()
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_text("A warning alert")).to_be_visible()
    expect(page.get_by_text("A critical alert")).not_to_be_visible()


def test_a_reply_that_was_looked_at_is_gone(visit: Visit, mailing: Mailing) -> None:
    page = visit(reverse("replies"))
    page.get_by_role("button", name="Looked at: Moon").click()
    expect(page.get_by_text("It does not stand here again.")).to_be_visible()
    assert UnmatchedReply.objects.get().settled_at >= timezone.now() - timedelta(minutes=1)
