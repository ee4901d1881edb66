"""What stands on every message, read by a parser that is not ours."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any, cast

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from deliverability.errors import HeaderRefused
from deliverability.queries import tokens
from deliverability.services.framing import MessageFrame
from deliverability.types import MailingBrief, OutgoingMessage, Sender, StreamKind

CONTENT = b"Subject: Hello\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nGood morning.\r\n"
MAILING = MailingBrief(7, "news", StreamKind.MARKETING, "test", "1", "bounces.huila.example", "https://t.huila.example")
SENDER = Sender("Huila Café", "hello@huila.example", "answers@huila.example")
MARKETING: dict[str, Any] = {
    "list_id": "news.huila.example",
    "list_name": "News",
    "feedback_id": "7:news:marketing:huila",
    "one_click_base": "https://huila.example/u/",
}


def frame(**options: Any) -> MessageFrame:
    return MessageFrame(mailing=MAILING, sender=SENDER, **options)


def read(message: OutgoingMessage) -> EmailMessage:
    parsed = cast(EmailMessage, message_from_bytes(message.data, policy=policy.SMTP))
    assert not parsed.defects
    return parsed


def test_marketing_mail_carries_everything_that_mailbox_providers_ask_for() -> None:
    message = frame(**MARKETING).frame(recipient_id=12, address="ada@example.org", content=CONTENT)
    token = tokens.sign(7, 12)
    parsed = read(message)
    assert parsed["From"] == "Huila Café <hello@huila.example>"
    assert parsed["Reply-To"] == "answers@huila.example"
    assert parsed["To"] == "ada@example.org"
    assert parsed["Message-ID"] == f"<{token}@bounces.huila.example>"
    assert parsed["List-Unsubscribe"] == f"<https://huila.example/u/{token}>"
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parsed["List-Id"] == "News <news.huila.example>"
    assert parsed["Feedback-ID"] == "7:news:marketing:huila"
    assert parsed["Precedence"] == "bulk"
    assert parsed["Auto-Submitted"] is None
    assert message.mail_from == f"b+{token}@bounces.huila.example"
    assert parsed.get_content() == "Good morning.\r\n"
    assert len(parsed.keys()) == len(set(parsed.keys()))


def test_transactional_mail_has_no_list_headers_and_says_that_a_machine_wrote_it() -> None:
    parsed = read(frame().frame(recipient_id=12, address="ada@example.org", content=CONTENT))
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert not [name for name in parsed if name.startswith(("List-", "Precedence", "Feedback"))]


def test_message_ids_are_stable_for_a_recipient_and_differ_between_them() -> None:
    ids = [
        read(frame().frame(recipient_id=recipient, address="ada@example.org", content=CONTENT))["Message-ID"]
        for recipient in (12, 12, 13)
    ]
    assert ids[0] == ids[1] != ids[2]


def test_the_date_is_that_of_the_message_not_of_the_frame() -> None:
    with time_machine.travel("2026-11-24T09:00:00Z", tick=False) as clock:
        made = frame()
        clock.move_to("2026-11-24T09:01:00Z")
        parsed = read(made.frame(recipient_id=1, address="ada@example.org", content=CONTENT))
    assert parsedate_to_datetime(parsed["Date"]).isoformat() == "2026-11-24T09:01:00+00:00"


def test_a_long_unsubscribe_address_is_folded_before_anyone_signs() -> None:
    made = frame(**{**MARKETING, "one_click_base": "https://" + "a" * 60 + ".huila.example/u/"})
    data = made.frame(recipient_id=1, address="ada@example.org", content=CONTENT).data
    assert b"List-Unsubscribe:\r\n <https://aaa" in data


def test_international_addresses() -> None:
    made = frame()
    domain_only = made.frame(recipient_id=1, address="ada@bücher.example", content=CONTENT)
    assert (domain_only.address, domain_only.smtputf8) == ("ada@xn--bcher-kva.example", False)
    local_too = made.frame(recipient_id=1, address="žofie@bücher.example", content=CONTENT)
    assert (local_too.address, local_too.smtputf8) == ("žofie@xn--bcher-kva.example", True)


@given(st.text(max_size=60))
def test_no_address_or_name_breaks_out_of_its_header(value: str) -> None:
    try:
        made = MessageFrame(mailing=MAILING, sender=Sender(value, "hello@huila.example"), **MARKETING)
        message = made.frame(recipient_id=1, address=value + "@example.org", content=CONTENT)
    except HeaderRefused:
        return
    parsed = read(message)
    assert parsed["Bcc"] is None
    assert parsed["Subject"] == "Hello"
    assert len(parsed.keys()) == 12


@pytest.mark.parametrize(
    "base", ["javascript:alert(1)", "mailto:a@b.example", "https://x.example/\r\nBcc: e@e.example"]
)
def test_one_click_needs_a_web_address(base: str) -> None:
    with pytest.raises(HeaderRefused):
        frame(**{**MARKETING, "one_click_base": base})
