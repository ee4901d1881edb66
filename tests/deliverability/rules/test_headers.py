"""Headers as the standard library's parser, which is not ours, reads them back."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliverability.errors import HeaderRefused
from deliverability.rules.headers import (
    address_header,
    check_value,
    identified_header,
    text_header,
    token_header,
)

CLEAN = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=300)
ANYTHING = st.text(max_size=80)


def parse(raw: bytes) -> EmailMessage:
    message = cast(EmailMessage, message_from_bytes(raw + b"X-After: here\r\n\r\nbody\r\n", policy=policy.SMTP))
    assert not message.defects
    assert message["X-After"] == "here"
    return message


def assert_legal(raw: bytes) -> None:
    assert raw.endswith(b"\r\n")
    lines = raw[:-2].split(b"\r\n")
    assert all(b"\r" not in line and b"\n" not in line and len(line) <= 998 for line in lines)
    assert all(line[:1] == b" " and line.strip() for line in lines[1:])
    for word in re.findall(rb"=\?utf-8\?[QB]\?[^?]*\?=", raw):
        assert len(word) <= 75
    for line in lines:
        assert len(line) <= (76 if b"=?" in line else 78) or line.count(b" ") <= 1


@given(CLEAN)
def test_text_comes_back_as_it_was(value: str) -> None:
    raw = text_header("Subject", value)
    assert_legal(raw)
    assert parse(raw)["Subject"] == value


@given(CLEAN)
def test_display_names_come_back_as_they_were(name: str) -> None:
    raw = address_header("From", name, "ada@example.org")
    assert_legal(raw)
    assert len(parse(raw)["From"].addresses) == 1
    # The newer parser puts a space between two encoded words of a name (RFC 2047 6.2 says none), the older does not.
    found, address = parseaddr(raw.decode().replace("\r\n", "").partition(":")[2])
    assert (str(make_header(decode_header(found))), address) == (" ".join(name.split()), "ada@example.org")


@given(ANYTHING, ANYTHING)
def test_nothing_injects_a_header(before: str, after: str) -> None:
    for separator in ("\r\n", "\n", "\r", "\x00", "\u2028", "\x85", "\x0b"):
        with pytest.raises(HeaderRefused):
            text_header("Subject", f"{before}{separator}Bcc: eve@example.org{after}")
        with pytest.raises(HeaderRefused):
            address_header("From", f"{before}{separator}{after}", "ada@example.org")
        with pytest.raises(HeaderRefused):
            token_header("Feedback-ID", [f"{before}{separator}{after}"])


@given(ANYTHING)
def test_whatever_passes_for_an_address_is_one_mailbox(address: str) -> None:
    try:
        raw = address_header("Reply-To", "", address)
    except HeaderRefused:
        return
    assert len(parse(raw)["Reply-To"].addresses) == 1


@pytest.mark.parametrize(
    "address",
    ["a@b@c.example", "a b@c.example", "a@c.example>", "a@c.example, b@c.example", "", "a@", "@b", "x\r\ny@c.example"],
)
def test_what_is_no_single_mailbox_is_refused(address: str) -> None:
    with pytest.raises(HeaderRefused):
        address_header("To", "", address)


def test_odd_local_parts_are_quoted_and_domains_become_ascii() -> None:
    assert address_header("To", "", "a..b@docomo.example") == b'To: "a..b"@docomo.example\r\n'
    assert address_header("To", "", "ada@bücher.example") == b"To: ada@xn--bcher-kva.example\r\n"
    assert address_header("To", "", "žofie@bücher.example") == "To: žofie@xn--bcher-kva.example\r\n".encode()


def test_a_refusal_says_where_and_what_to_do() -> None:
    with pytest.raises(HeaderRefused, match=r"“Subject”.*U\+000A.*position 6.*remove it"):
        check_value("Subject", "Hello\nthere")


def test_long_urls_stay_whole_on_a_line_of_their_own() -> None:
    url = f"<https://example.org/u/{'x' * 200}>"
    assert token_header("List-Unsubscribe", [url]) == f"List-Unsubscribe:\r\n {url}\r\n".encode()
    with pytest.raises(HeaderRefused, match="too long"):
        token_header("List-Unsubscribe", [f"<https://example.org/{'x' * 1000}>"])


def test_list_ids_name_the_list_in_any_script() -> None:
    raw = identified_header("List-Id", "Neuigkeiten für Leser", "news.example.org")
    assert raw == b"List-Id: =?utf-8?Q?Neuigkeiten_f=C3=BCr_Leser?= <news.example.org>\r\n"
    with pytest.raises(HeaderRefused):
        identified_header("List-Id", "News", "news example")
