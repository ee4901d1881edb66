"""The mailbox server as a sending client sees it."""

import smtplib
import socket
from email.message import EmailMessage

import pytest

from config.mailbox.world import REFUSALS, World
from tests.config.mailbox.conftest import Start

pytestmark = pytest.mark.timeout(60)


def newsletter(to: str, body: str = "Hello") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "news@huila.example", to, "Grüße aus dem Hafen"
    message["Feedback-ID"] = "7:huila"
    message.set_content(body)
    return message


def address_that(refusal: object) -> str:
    world = World()
    return next(a for n in range(100_000) if world.refusal(a := f"person{n}@gmail.com") is refusal)


def test_it_keeps_what_it_accepted_byte_for_byte(start: Start) -> None:
    mailbox = start("--well-behaved")
    body = ".leading dot\n" + "x" * 70 + "\n..two dots\n"
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port) as client:
        client.ehlo()
        assert {"pipelining", "smtputf8", "8bitmime", "size"} <= set(client.esmtp_features)
        client.send_message(newsletter("anna@gmail.com", body))
        client.send_message(newsletter("björn@gmx.de"), mail_options=["SMTPUTF8"])
    newest, oldest = mailbox.json("/api/messages")["messages"]
    assert (newest["to"], oldest["to"], oldest["subject"]) == ("björn@gmx.de", "anna@gmail.com", "Grüße aus dem Hafen")
    assert mailbox.json(f"/api/messages/{oldest['id']}")["text"] == body.replace("\n", "\r\n")
    assert mailbox.json("/api/counts")["by_mail"] == {"7:huila": {"accepted": 2}}


def test_it_takes_a_pipelined_group_in_one_write(start: Start) -> None:
    mailbox = start("--well-behaved")
    message = "MAIL FROM:<a@b.example> SIZE=10\r\nRCPT TO:<anna@gmail.com>\r\nDATA\r\n"
    with socket.create_connection(("127.0.0.1", mailbox.smtp_port), 5) as client:
        lines = client.makefile("rb")
        client.sendall(f"EHLO me\r\n{message}Subject: 1\r\n\r\n.\r\n{message}.\r\nQUIT\r\n".encode())
        codes = [int(line[:3]) for line in lines if line[3:4] == b" "]
    assert codes == [220, 250, 250, 250, 354, 250, 250, 250, 354, 250, 221]
    assert mailbox.json("/api/counts")["accepted"] == 2


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: f"{refusal.code} {refusal.enhanced}")
def test_it_refuses_as_the_world_does(start: Start, refusal: object) -> None:
    mailbox = start()
    address = address_that(refusal)
    codes = []
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", mailbox.smtp_port), 5) as client:
            lines = client.makefile("rb")
            client.sendall(f"HELO me\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<{address}>\r\nQUIT\r\n".encode())
            codes.append([int(line[:3]) for line in lines][3])
    assert codes == [refusal.code, refusal.code if refusal.lasts else 250]


def test_a_world_of_many_has_about_the_shares_that_it_documents() -> None:
    world = World()
    answers = [world.refusal(f"person{n}@example.com") for n in range(50_000)]
    for refusal in REFUSALS:
        assert answers.count(refusal) / 5 == pytest.approx(refusal.share, rel=0.35)


def test_nothing_it_acknowledged_is_lost_to_a_kill(start: Start, mailbox_folder: object) -> None:
    first = start("--well-behaved")
    with smtplib.SMTP("127.0.0.1", first.smtp_port) as client:
        client.send_message(newsletter("anna@gmail.com"))
    first.process.kill()
    first.process.wait(5)
    segment = next(mailbox_folder.glob("*.segment"))
    with segment.open("ab") as file:
        file.write(b'{"kind":"accepted","id":9,"size":5000}\nhalf a mess')
    second = start("--well-behaved")
    with smtplib.SMTP("127.0.0.1", second.smtp_port) as client:
        client.send_message(newsletter("ben@gmail.com"))
    assert second.json("/api/counts")["accepted"] == 2
    assert [row["to"] for row in second.json("/api/messages")["messages"]] == ["ben@gmail.com", "anna@gmail.com"]


def test_a_copy_of_a_mail_is_told_from_a_new_one(start: Start) -> None:
    first = start("--well-behaved")
    message = newsletter("anna@gmail.com")
    message["Message-ID"] = "<1@huila.example>"
    with smtplib.SMTP("127.0.0.1", first.smtp_port) as client:
        client.send_message(message)
        client.send_message(message)
        client.send_message(message, to_addrs=["ben@gmail.com"])
    first.process.kill()
    first.process.wait(5)
    again = start("--well-behaved")
    with smtplib.SMTP("127.0.0.1", again.smtp_port) as client:
        client.send_message(message)
    assert again.json("/api/counts")["by_mail"] == {"7:huila": {"accepted": 2, "accepted again": 2}}
