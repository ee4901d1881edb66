"""Alerts reach people: by mail over real SMTP, by signed webhook and chat over real HTTP, each once."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone

from accounts.services.permission import SENDWELL
from deliverability.errors import NameTaken
from deliverability.models import Alert, AlertChannel, AlertDelivery
from deliverability.services.alert_channels import add_channel, remove_channel
from deliverability.services.alert_delivery import deliver_alerts
from deliverability.services.alerts import report, resolve
from tests.factories.deliverability import ProviderFactory, StreamFactory
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
WARNING, CRITICAL = Alert.Severity.WARNING, Alert.Severity.CRITICAL


class Listener:
    """A web server that keeps what it is sent and answers what the test says."""

    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], str]] = []
        self.status = 200
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                listener.calls.append((dict(self.headers), body))
                self.send_response(listener.status)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Tests are quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    threading.Thread(target=listener.server.serve_forever, daemon=True).start()
    yield listener
    listener.server.shutdown()


def trouble(severity: Alert.Severity = CRITICAL) -> Alert:
    return report(key="rate:mailing:1:bounces", severity=severity, title="Too much bounces", text="100 of 1,000.")


def test_a_webhook_is_signed_and_called_once_for_the_beginning_and_the_end(listener: Listener) -> None:
    _, secret = add_channel(actor=SENDWELL, kind="webhook", target=listener.url)
    trouble()
    trouble()
    assert (deliver_alerts(), deliver_alerts()) == (1, 0)
    resolve(key="rate:mailing:1:bounces")
    assert deliver_alerts() == 1

    headers, body = listener.calls[0]
    moment, digest = (part.partition("=")[2] for part in headers["Sendwell-Signature"].split(","))
    assert hmac.new(secret.encode(), f"{moment}.{body}".encode(), hashlib.sha256).hexdigest() == digest
    assert [json.loads(body)["type"] for _, body in listener.calls] == ["alert.opened", "alert.resolved"]


def test_a_chat_gets_plain_words(listener: Listener) -> None:
    add_channel(actor=SENDWELL, kind="chat", target=listener.url)
    trouble()
    deliver_alerts()
    assert json.loads(listener.calls[0][1])["text"].startswith("New (critical): Too much bounces")


def test_mail_leaves_through_the_channels_own_provider() -> None:
    with SmtpServer() as server:
        StreamFactory.create()
        other = ProviderFactory.create(name="another", port=server.port)
        add_channel(actor=SENDWELL, kind="email", target="ops@huila.example", provider_id=other.pk)
        trouble()
        assert deliver_alerts() == 1
        mail = message_from_bytes(server.messages[0].data, policy=policy.default)
    assert (mail["To"], mail["Subject"]) == ("ops@huila.example", "New: Too much bounces")


def test_a_channel_hears_from_its_own_severity_on_and_again_when_it_gets_worse(listener: Listener) -> None:
    add_channel(actor=SENDWELL, kind="chat", target=listener.url, least=CRITICAL)
    trouble(WARNING)
    assert deliver_alerts() == 0
    trouble(CRITICAL)
    assert deliver_alerts() == 1
    assert json.loads(listener.calls[0][1])["text"].startswith("Worse (critical)")


def test_a_server_in_trouble_is_tried_again_and_its_answer_kept(listener: Listener) -> None:
    listener.status = 503
    add_channel(actor=SENDWELL, kind="chat", target=listener.url)
    trouble()
    assert deliver_alerts() == 0
    delivery = AlertDelivery.objects.get()
    assert (delivery.attempts, delivery.failure) == (1, "The server answered 503.")
    listener.status = 200
    assert deliver_alerts() == 0, "not before its time"
    assert deliver_alerts(now=timezone.now() + timedelta(minutes=2)) == 1


def test_one_channel_a_target_and_none_after_it_was_removed(listener: Listener) -> None:
    channel, _ = add_channel(actor=SENDWELL, kind="chat", target=listener.url)
    with pytest.raises(NameTaken):
        add_channel(actor=SENDWELL, kind="chat", target=listener.url)
    remove_channel(actor=SENDWELL, channel_id=channel.pk)
    trouble()
    assert deliver_alerts() == 0
    assert not AlertChannel.objects.exists()
