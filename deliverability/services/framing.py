"""Puts the headers of one mailing around what the composer rendered: the last step before the wire."""

import time
from datetime import UTC, datetime
from email.utils import format_datetime

from deliverability import conf
from deliverability.errors import HeaderRefused
from deliverability.rules.headers import (
    address_header,
    envelope_address,
    identified_header,
    is_plain_address,
    text_header,
    token_header,
)
from deliverability.rules.tokens import TOKEN_LENGTH, sign_token
from deliverability.types import MailingBrief, OutgoingMessage, Sender

# "To: " and an address within the preferred line (RFC 5322 2.1.1).
_LONGEST_PLAIN_TO = 74


class MessageFrame:
    """The frame of every message of one mailing; made once per drain and kept.

    What is the same for all is folded once. `one_click_base` marks marketing mail: the URL to which a token is added
    gives the RFC 8058 pair, and List-Id, Feedback-ID and Precedence go with it. Without it the mail is transactional
    and says so (RFC 3834). Raises HeaderRefused for a name, address or identifier that no header may carry.
    """

    def __init__(
        self,
        *,
        mailing: MailingBrief,
        sender: Sender,
        list_id: str = "",
        list_name: str = "",
        feedback_id: str = "",
        one_click_base: str = "",
    ) -> None:
        self._key = conf.link_key()
        self._mailing_id = mailing.id
        self._domain = mailing.bounce_domain or sender.email.rpartition("@")[2]
        self._constant = b"".join(_constant_headers(sender, list_id, list_name, feedback_id, bool(one_click_base)))
        self._unsubscribe = _around_token("List-Unsubscribe", one_click_base) if one_click_base else ("", "")
        self._second = -1
        self._date = ""

    def frame(self, *, recipient_id: int, address: str, content: bytes) -> OutgoingMessage:
        """A message for the wire. `content` begins with Subject, MIME-Version and Content-Type and ends in CRLF.

        The Message-ID hangs on (mailing, recipient) alone, so a second copy after a crash is recognised as one.
        Raises HeaderRefused for an address that is none.
        """
        if is_plain_address(address) and len(address) <= _LONGEST_PLAIN_TO:
            to, needs_utf8 = f"To: {address}\r\n", False
        else:
            to = address_header("To", "", address).decode()
            address = envelope_address("To", address)
            needs_utf8 = not address.isascii()
        token = sign_token(self._key, self._mailing_id, recipient_id)
        before, after = self._unsubscribe
        unsubscribe = f"{before}{token}{after}" if before else ""
        head = f"{to}Date: {self._today()}\r\nMessage-ID: <{token}@{self._domain}>\r\n{unsubscribe}"
        return OutgoingMessage(
            recipient_id,
            address,
            f"b+{token}@{self._domain}",
            b"".join((self._constant, head.encode(), content)),
            needs_utf8,
        )

    def _today(self) -> str:
        second = int(time.time())
        if second != self._second:
            self._second, self._date = second, format_datetime(datetime.fromtimestamp(second, UTC))
        return self._date


def _constant_headers(
    sender: Sender, list_id: str, list_name: str, feedback_id: str, is_marketing: bool
) -> list[bytes]:
    headers = [address_header("From", sender.name, sender.email)]
    if sender.reply_to:
        headers.append(address_header("Reply-To", "", sender.reply_to))
    if not is_marketing:
        return [*headers, text_header("Auto-Submitted", "auto-generated")]
    if list_id:
        headers.append(identified_header("List-Id", list_name, list_id))
    if feedback_id:
        headers.append(token_header("Feedback-ID", [feedback_id]))
    return [
        *headers,
        text_header("Precedence", "bulk"),
        token_header("List-Unsubscribe-Post", ["List-Unsubscribe=One-Click"]),
    ]


def _around_token(name: str, base: str) -> tuple[str, str]:
    """The folded header in two halves, between which the recipient's token goes."""
    placeholder = "~" * TOKEN_LENGTH
    if not base.startswith(("https://", "http://")):
        raise HeaderRefused(f"“{name}” needs a web address (RFC 8058), not “{base}”. Nothing was sent.")
    before, _, after = token_header(name, [f"<{base}{placeholder}>"]).decode().rpartition(placeholder)
    return before, after
