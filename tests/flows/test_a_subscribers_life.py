"""A subscriber's life over real HTTP and real SMTP, from the sign-up form to the silence after leaving."""

import re
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from accounts.services.permission import SENDWELL
from campaigns.errors import CampaignError
from campaigns.models import Campaign
from campaigns.queries.explain import Outcome, explain
from campaigns.services.finish import finish_sent
from campaigns.services.send_test import send_test
from campaigns.services.start import start_due
from deliverability import conf
from deliverability.models import Event
from deliverability.services.dispatch import drain
from deliverability.services.engagement_events import consume_hits
from deliverability.types import EventKind, StreamKind
from subscribers.models import ConsentRecord, Contact, SignUpForm, Subscription
from tests.factories.accounts import OrganisationFactory
from tests.factories.campaigns import CampaignFactory, scheduled
from tests.factories.deliverability import ProviderFactory, StreamFactory
from tests.factories.subscribers import ConsentWordingFactory, MailingListFactory, grant, subscribed
from tests.flows.http import Visitor, without_redirects
from tests.smtp_server import ReceivedMail, SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)
ADA = "ada@gmail.com"


@pytest.fixture
def world(settings: LazySettings, live_server: LiveServer, smtp_server: SmtpServer, tmp_path: Path) -> str:
    """Sendwell with a form, two lists and both streams; returns its address."""
    settings.BASE_URL = settings.TRACKING_URL = live_server.url
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.DATA_DIR = tmp_path
    settings.SENDWELL = settings.SENDWELL | {"JOURNAL_DIR": tmp_path / "journal"}
    redis = conf.redis_client()
    if keys := redis.keys("sendwell:*"):
        redis.delete(*keys)
    OrganisationFactory.create()
    provider = ProviderFactory.create(port=smtp_server.port)
    for slug in ("marketing", "transactional"):
        StreamFactory.create(slug=slug, provider=provider)
    form = SignUpForm.objects.create(slug="newsletter", title="Our letter", wording=ConsentWordingFactory.create())
    both = [MailingListFactory.create(slug="news"), MailingListFactory.create(slug="offers")]
    form.lists.set(both)
    # Another reader of both: a campaign to nobody is refused.
    bob = subscribed(both[0], email="bob@gmx.de")
    grant(bob, both[1])
    return live_server.url


def heard_by_ada(server: SmtpServer) -> list[ReceivedMail]:
    return [mail for mail in server.messages if mail.rcpt == [ADA]]


def newest(server: SmtpServer) -> EmailMessage:
    message = message_from_bytes(heard_by_ada(server)[-1].data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def links(text: str, prefix: str) -> list[str]:
    return re.findall(re.escape(prefix) + r"[^\s\"<>)\]]*", text)


def broadcast(list_slug: str = "news") -> Campaign:
    """Review, schedule and send one campaign to the list, as its workers would."""
    campaign = scheduled(mailing_list=MailingListFactory.create(slug=list_slug), undo_seconds=0)
    start_due()
    drain(kind=StreamKind.MARKETING, owner="flow", seconds=20)
    finish_sent()
    return campaign


def outcome(campaign: Campaign) -> tuple[Outcome, str | None]:
    answer = explain(campaign_id=campaign.pk, address=ADA)
    return answer.outcome, answer.reason


def sign_up(world: str, server: SmtpServer) -> None:
    ada = Visitor()
    page = ada.get(f"{world}/s/newsletter")
    # Faster than a person could, the form asks again.
    time.sleep(2.1)
    news = str(MailingListFactory.create(slug="news").pk)
    done = ada.submit(page, email="Ada@Gmail.com", first_name="Ada", lists=[news], click_tracking="on")
    assert (done.status, done.url) == (200, f"{world}/s/newsletter/done")
    drain(kind=StreamKind.TRANSACTIONAL, owner="flow-transactional", seconds=5)
    assert server.recipients == [ADA]


def confirm(world: str, server: SmtpServer) -> None:
    link = links(text_of(newest(server)), f"{world}/c/")[0]
    scanner, ada = Visitor(), Visitor()
    scanner.get(link)
    assert Subscription.objects.get(contact__email=ADA).state == "pending", "a look at the link must confirm nothing"
    ada.submit(ada.get(link))
    assert Subscription.objects.get(contact__email=ADA).state == "subscribed"
    assert list(
        ConsentRecord.objects.filter(purpose="subscription", contact__email=ADA)
        .order_by("id")
        .values_list("action", flat=True)
    ) == [
        "requested",
        "granted",
    ]


def test_from_sign_up_to_silence(world: str, smtp_server: SmtpServer, tmp_path: Path) -> None:
    sign_up(world, smtp_server)
    confirm(world, smtp_server)
    ada = Contact.objects.get(email=ADA)

    # A campaign arrives, with her name, both ways out, and a pixel only where she agreed to one.
    first = broadcast()
    mail = newest(smtp_server)
    assert mail["To"].addresses[0].addr_spec == ADA
    assert mail["Subject"] == "Autumn, Ada"
    assert outcome(first)[0] == Outcome.ACCEPTED
    assert not links(html_of(mail), f"{world}/t/o/")
    assert "10119 Berlin" in text_of(mail)

    # She clicks, and only she is written down as having clicked.
    clicked = without_redirects().get(links(html_of(mail), f"{world}/t/c/")[0])
    assert (clicked.status, clicked.headers.get("Location")) == (302, "https://huila.example/autumn")
    consume_hits()
    event = Event.objects.get(kind=EventKind.CLICKED)
    assert (event.recipient_id, event.mailing_id, event.link) == (
        ada.pk,
        Campaign.objects.get(pk=first.pk).mailing_id,
        0,
    )

    # She takes the offers too, and gets the next campaign to them.
    center = links(html_of(mail), f"{world}/p/")[0]
    browser = Visitor()
    both = [str(pk) for pk in MailingListFactory._meta.model.objects.values_list("pk", flat=True)]
    saved = browser.submit(browser.get(center), do="save", topic=both)
    assert saved.status == 200
    assert outcome(broadcast("offers"))[0] == Outcome.ACCEPTED

    # During a break nothing comes; after it everything does again.
    browser.post(center, {"do": "pause"})
    assert outcome(broadcast()) == (Outcome.EXCLUDED, "paused")
    browser.post(center, {"do": "resume"})
    assert outcome(broadcast())[0] == Outcome.ACCEPTED

    # Gmail's button: a POST without cookies that must meet no redirect and no question.
    mail = newest(smtp_server)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    one_click = mail["List-Unsubscribe"].strip("<>")
    gone = without_redirects().post(one_click, {"List-Unsubscribe": "One-Click"})
    assert gone.status == 200
    assert "Set-Cookie" not in gone.headers

    never_again(world, smtp_server, tmp_path)


def never_again(world: str, server: SmtpServer, tmp_path: Path) -> None:
    """No campaign, import, test mail or late retry reaches her."""
    heard = len(heard_by_ada(server))
    assert outcome(broadcast()) == (Outcome.EXCLUDED, "unsubscribed")
    assert outcome(broadcast("offers")) == (Outcome.EXCLUDED, "unsubscribed")

    people = tmp_path / "people.csv"
    people.write_text(f"email,first_name\n{ADA.upper()},Ada\n")
    call_command("import_contacts", str(people), "--list=news", "--consent-source=The shop's till, since 2025")
    assert set(Subscription.objects.filter(contact__email=ADA).values_list("state", flat=True)) == {"unsubscribed"}
    assert outcome(broadcast()) == (Outcome.EXCLUDED, "unsubscribed")

    with pytest.raises(CampaignError):
        send_test(campaign_id=CampaignFactory.create().pk, address=ADA, actor=SENDWELL)
    for kind in StreamKind:
        drain(kind=kind, owner="flow-late", seconds=5)
    assert len(heard_by_ada(server)) == heard
