"""The mailbox server in the browser."""

import smtplib
from email.message import EmailMessage

from tests.config.mailbox.conftest import Mailbox, Start


def deliver(mailbox: Mailbox, count: int = 1) -> None:
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port) as client:
        for number in range(count):
            message = EmailMessage()
            message["From"], message["To"] = "news@huila.example", f"p{number}@gmail.com"
            message["Subject"] = f"<b>{number}</b>"
            message.set_content("plain")
            message.add_alternative("<p>rich</p><script>alert(1)</script>", subtype="html")
            client.send_message(message)


def test_the_inbox_pages_and_searches(start: Start) -> None:
    mailbox = start("--well-behaved")
    assert "No mail yet" in mailbox.get("/")[2]
    deliver(mailbox, 55)
    first, second = mailbox.get("/")[2], mailbox.get("/?page=1")[2]
    assert first.count('class="to"') == 50
    assert second.count('class="to"') == 5
    assert "&lt;b&gt;54&lt;/b&gt;" in first
    found = mailbox.get("/?to=P33")[2]
    assert found.count('class="to"') == 1
    assert "p33@gmail.com" in found
    assert "No mail to" in mailbox.get("/?to=nobody")[2]


def test_a_message_in_every_view(start: Start) -> None:
    mailbox = start("--well-behaved")
    deliver(mailbox)
    assert 'sandbox="allow-popups"' in mailbox.get("/m/1")[2]
    assert "plain" in mailbox.get("/m/1/text")[2]
    assert "news@huila.example" in mailbox.get("/m/1/headers")[2]
    assert mailbox.get("/m/1/raw")[2].startswith("From: news@huila.example")
    status, headers, markup = mailbox.get("/m/1/frame")
    assert (status, "<p>rich</p>" in markup) == (200, True)
    policy = headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups; default-src 'none'")
    assert "script-src" not in policy
    assert mailbox.get("/m/2")[0] == 404
    assert mailbox.get("/m/1/else")[0] == 404
