"""Takes one of our own finished mails apart again, for APIs that want subject, text and HTML by themselves."""

from base64 import urlsafe_b64decode
from email import policy
from email.message import EmailMessage as ParsedMail
from email.message import MIMEPart
from email.parser import BytesParser
from struct import unpack
from typing import Any, cast

from django.core.mail import EmailMultiAlternatives

from deliverability.rules.tokens import TOKEN_LENGTH
from deliverability.types import OutgoingMessage

_PARSER = BytesParser(policy=policy.default)
# What an API writes itself, or takes as an argument.
_NOT_EXTRA = {"from", "to", "subject", "reply-to", "date", "mime-version", "message-id", "return-path"}


def token_of(mail: OutgoingMessage) -> str:
    """The recipient's token from the Return-Path, which stands in every mail of a mailing; empty in others."""
    local = mail.mail_from.partition("@")[0]
    return local[2:] if local.startswith("b+") and len(local) == 2 + TOKEN_LENGTH else ""


def metadata(mail: OutgoingMessage) -> dict[str, str]:
    """What webhooks are to bring back. Not tags: ESPs keep few of them, and statistics for each."""
    token = token_of(mail)
    if not token:
        return {}
    (mailing,) = unpack(">I", urlsafe_b64decode(token)[:4])
    return {"sendwell": token, "mailing": str(mailing)}


def parse(mail: OutgoingMessage) -> ParsedMail:
    parsed = _PARSER.parsebytes(mail.data)
    if not isinstance(parsed, ParsedMail):
        raise ValueError("the mail could not be read")
    return parsed


def as_message(mail: OutgoingMessage, *, keep_id: bool) -> EmailMultiAlternatives:
    """The mail as anymail's payloads take it, with every header that an API does not write itself."""
    parsed = parse(mail)
    headers = {
        name: str(value)
        for name, value in parsed.items()
        if name.lower() not in _NOT_EXTRA and not name.lower().startswith("content-")
    }
    if keep_id and parsed["Message-ID"]:
        headers["Message-ID"] = str(parsed["Message-ID"])
    text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    message = EmailMultiAlternatives(
        subject=str(parsed["Subject"] or ""),
        body=_text(text),
        from_email=str(parsed["From"]),
        to=[mail.address],
        reply_to=[str(parsed["Reply-To"])] if parsed["Reply-To"] else None,
        headers=headers,
    )
    if html is not None:
        message.attach_alternative(_text(html), "text/html")
    for part in parsed.iter_attachments():
        message.attach(part.get_filename(), part.get_payload(decode=True), part.get_content_type())
    return message


def with_headers(mail: OutgoingMessage, headers: dict[str, str]) -> bytes:
    """The whole mail with a few headers in front; their values are ASCII of ours and short."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return lines.encode("ascii") + mail.data


def _text(part: MIMEPart | None) -> str:
    # MIMEPart is the base of what a parsed mail consists of, and has no stub for its content.
    return str(cast(Any, part).get_content()).replace("\r\n", "\n") if part is not None else ""
