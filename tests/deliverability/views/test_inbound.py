"""What came in, word for word, and where it is fetched."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services.secrets import decrypt
from accounts.types import Role
from deliverability.models import InboundMail, Inbox, Webhook
from deliverability.queries.inbound_log import ON_A_PAGE, inbound_mails
from deliverability.services.inbound_mail import receive_mail
from deliverability.views import inbound
from tests.factories.accounts import UserFactory
from tests.factories.deliverability import EspFactory

pytestmark = pytest.mark.django_db
LETTER = b"From: <b>anna@example.org\r\nSubject: Hello <script>\r\n\r\nHi <script>alert(1)</script> \xff\r\n"


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory.create(role=Role.OWNER))
    return client


def text_of(client: Client, name: str, *arguments: object, query: str = "") -> str:
    answer = client.get(reverse(name, args=arguments) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def webhook(**values: Any) -> Webhook:
    kept = {"received_at": timezone.now(), "body": b'{"Type":"<script>"}', "headers": {"User-Agent": "curl"}}
    return Webhook.objects.create(provider=EspFactory.create(name="Postmark"), **{**kept, **values})


def test_without_anything_there_is_one_next_step(owner: Client) -> None:
    assert f'href="{reverse("settings-inboxes-new")}">Add an inbox' in text_of(owner, "inbound")
    assert "No webhook has come in yet" in text_of(owner, "inbound-webhooks")


def test_a_mail_is_shown_as_it_came_and_runs_nothing(owner: Client) -> None:
    mail = receive_mail(raw=LETTER, source="Bounces")
    assert "Nothing to record" in text_of(owner, "inbound")
    text = text_of(owner, "inbound-mail", mail.pk)
    assert "Hi &lt;script&gt;alert(1)&lt;/script&gt; \ufffd" in text
    assert "<script>alert" not in text
    assert text_of(owner, "inbound", query="?state=recorded").count("Hello") == 0


def test_a_mail_that_could_not_be_read_is_read_again(owner: Client) -> None:
    mail = receive_mail(raw=LETTER, source="Bounces")
    InboundMail.objects.filter(pk=mail.pk).update(state="unreadable", note="ValueError: a fault of ours")
    answer = owner.post(reverse("inbound-mail-again", args=[mail.pk]), follow=True)
    assert "Read again: Nothing to record." in answer.content.decode()
    mail.refresh_from_db()
    assert mail.state == "ignored"


def test_the_log_pages_by_moment_and_id() -> None:
    moment = timezone.now()
    values = {"source": "pipe", "raw": b"", "size": 0, "state": "ignored"}
    for number in range(ON_A_PAGE + 3):
        at = moment - timedelta(seconds=number // 10)
        InboundMail.objects.create(received_at=at, digest=str(number).encode(), **values)
    first = inbound_mails()
    second = inbound_mails(below=first.older)
    assert len(second.rows) == 3
    assert second.older is None
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}


def test_webhooks_say_what_became_of_them(owner: Client) -> None:
    webhook(refused_why="The password did not match.")
    webhook()
    webhook(processed_at=timezone.now(), told=3, counted=2)
    text = text_of(owner, "inbound-webhooks")
    for words in ("The password did not match.", "Waiting", "Recorded"):
        assert words in text
    refused = text_of(owner, "inbound-webhooks", query="?state=refused")
    assert "The password did not match." in refused
    assert "badge ok" not in refused


def test_a_webhook_is_worked_off_again_unless_its_proof_failed(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    called = []
    monkeypatch.setattr(inbound, "kick_webhooks", lambda: called.append(1))
    good, forged = webhook(processed_at=timezone.now()), webhook(refused_why="Forged.")
    assert "&quot;Type&quot;: &quot;&lt;script&gt;&quot;" in text_of(owner, "inbound-webhook", good.pk)
    assert "Work it off again" not in text_of(owner, "inbound-webhook", forged.pk)
    for row in (good, forged):
        owner.post(reverse("inbound-webhook-again", args=[row.pk]))
    good.refresh_from_db()
    forged.refresh_from_db()
    assert (good.processed_at, forged.processed_at, len(called)) == (None, None, 1)


GIVEN = {
    "name": "Bounces",
    "kind": "imap",
    "host": "imap.huila.example",
    "port": "993",
    "security": "tls",
    "username": "bounces",
    "login": "password",
    "folder": "INBOX",
    "secret": "a horse",
    "is_active": "on",
}


def test_an_inbox_is_set_up_and_its_secret_never_comes_back(owner: Client) -> None:
    owner.post(reverse("settings-inboxes-new"), GIVEN)
    inbox = Inbox.objects.get()
    assert decrypt(inbox.secret_encrypted) == "a horse"
    text = text_of(owner, "settings-inboxes-one", inbox.pk)
    assert "a horse" not in text
    owner.post(reverse("settings-inboxes-one", args=[inbox.pk]), {**GIVEN, "secret": "", "host": "mail.huila.example"})
    inbox.refresh_from_db()
    assert (inbox.host, decrypt(inbox.secret_encrypted)) == ("mail.huila.example", "a horse")
    assert "mail.huila.example:993" in text_of(owner, "settings-inboxes")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"host": ""}, "Enter the server&#x27;s name."),
        ({"login": "oauth2"}, "Enter where access tokens come from."),
        ({"kind": "maildir", "path": ""}, "Enter the folder."),
    ],
)
def test_what_an_inbox_needs_is_asked_for(owner: Client, changed: dict[str, str], words: str) -> None:
    assert words in owner.post(reverse("settings-inboxes-new"), GIVEN | changed).content.decode()
    assert not Inbox.objects.exists()


def test_trying_an_inbox_fetches_what_waits_or_says_why_not(owner: Client, tmp_path: Any) -> None:
    for name in ("new", "cur"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1").write_bytes(LETTER)
    inbox = Inbox.objects.create(name="Here", kind="maildir", path=str(tmp_path))
    answer = owner.post(reverse("settings-inboxes-trial", args=[inbox.pk]))
    assert "1 new mail was fetched." in answer.content.decode()
    assert InboundMail.objects.get().source == "Here"
    Inbox.objects.update(path="/nowhere")
    assert "It could not be read" in owner.post(reverse("settings-inboxes-trial", args=[inbox.pk])).content.decode()
    assert "The inbox “Here” cannot be read" in text_of(owner, "inbound")
    owner.post(reverse("settings-inboxes-remove", args=[inbox.pk]))
    assert not Inbox.objects.exists()
    assert InboundMail.objects.count() == 1


def test_a_name_that_is_taken_is_refused(owner: Client) -> None:
    owner.post(reverse("settings-inboxes-new"), GIVEN)
    assert "Another inbox is called “Bounces” already." in (
        owner.post(reverse("settings-inboxes-new"), GIVEN).content.decode()
    )
