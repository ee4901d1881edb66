"""The APIs that want subject, text, HTML and headers by themselves: anymail's payloads write them, one mail a call."""

import json
import warnings
from collections.abc import Mapping, Sequence
from hashlib import blake2s
from importlib import import_module
from typing import Any
from uuid import UUID

import requests
from anymail.exceptions import AnymailError
from django.core.mail import EmailMultiAlternatives

from deliverability.providers.esp.content import as_message, metadata, token_of
from deliverability.providers.esp.exchange import Call
from deliverability.providers.esp.verdicts import Verdict, accepted, failure, general, refusal
from deliverability.types import OutgoingMessage, Reply


class ComposedApi:
    """One mail a call, through the payload and the reader of answers of one anymail backend.

    `settings` names what the backend takes besides `api_url`. Where an API can switch its own tracking off for a
    mail, it is switched off: links and pixel are ours.
    """

    title = ""
    backend = ""
    settings: tuple[str, ...] = ()
    has_tracking_switch = False
    keeps_message_id = False
    most = 1

    def __init__(self, options: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        given = {**options, **secrets}
        values = {name: given[name] for name in (*self.settings, "api_url") if given.get(name)}
        with warnings.catch_warnings():
            # anymail still carries SendGrid, without its maintainer having an account to try it on.
            warnings.simplefilter("ignore")
            self._backend = import_module(f"anymail.backends.{self.backend}").EmailBackend(**values)

    def call(self, mails: Sequence[OutgoingMessage]) -> Call:
        (mail,) = mails
        payload = self._payload(self.message(mail))
        request = payload.get_request_params(self._backend.api_url)
        headers = {**request["headers"], **self.idempotency_headers(mails)}
        return Call(request["url"], request["data"], headers, request["files"], request["auth"], request["params"])

    def read(self, response: requests.Response, mails: Sequence[OutgoingMessage]) -> Verdict:
        verdict = general(response, self.title)
        if verdict is not None:
            return verdict
        if not 200 <= response.status_code < 300:
            return failure(response, self.title, mails)
        (mail,) = mails
        message = self.message(mail)
        try:
            payload = self._payload(message)
            # Some payloads gather their recipients only while they are written.
            payload.serialize_data()
            statuses = self._backend.parse_recipient_status(response, payload, message)
        except AnymailError as error:
            return [refusal(self.title, f"{_first_line(error)}", mail)]
        found = {address.lower(): status for address, status in statuses.items()}.get(mail.address.lower())
        return [self._reply(found, mail)]

    def message(self, mail: OutgoingMessage) -> EmailMultiAlternatives:
        message: Any = as_message(mail, keep_id=self.keeps_message_id)
        if metadata(mail):
            message.metadata = metadata(mail)
        if self.has_tracking_switch:
            message.track_opens = message.track_clicks = False
        return message  # type: ignore[no-any-return]

    def idempotency_headers(self, mails: Sequence[OutgoingMessage]) -> dict[str, str]:
        return {}

    def _payload(self, message: EmailMultiAlternatives) -> Any:
        return self._backend.build_message_payload(message, self._backend.send_defaults)

    def _reply(self, found: Any, mail: OutgoingMessage) -> Reply:
        if found is None or found.status in ("queued", "sent", "unknown"):
            return accepted(self.title, found.message_id if found else "")
        if found.status == "invalid":
            return Reply(550, f"{self.title}: the address is invalid", "5.1.3")
        if found.status == "rejected":
            return Reply(550, f"{self.title}: the recipient is on the account's suppression list", "5.7.1")
        return refusal(self.title, f"the message was not taken ({found.status})", mail)


class MailerSend(ComposedApi):
    """https://developers.mailersend.com — its bulk call tells of refusals only later, so it is not used."""

    title, backend, settings, has_tracking_switch = "MailerSend", "mailersend", ("api_token",), True

    def message(self, mail: OutgoingMessage) -> EmailMultiAlternatives:
        message: Any = super().message(mail)
        # It keeps no metadata; its tags come back in webhooks.
        if hasattr(message, "metadata"):
            message.tags = [message.metadata["sendwell"]]
            del message.metadata
        return message  # type: ignore[no-any-return]


class Scaleway(ComposedApi):
    """https://www.scaleway.com/en/developers/api/transactional-email/"""

    title, backend, settings = "Scaleway", "scaleway", ("secret_key", "project_id", "region")


class SendGrid(ComposedApi):
    """https://www.twilio.com/docs/sendgrid/api-reference/mail-send — its personalizations share one content."""

    title, backend, settings = "SendGrid", "sendgrid", ("api_key",)
    has_tracking_switch = keeps_message_id = True


class UnisenderGo(ComposedApi):
    """https://godocs.unisender.ru/web-api-ref#email-send"""

    title, backend, settings, has_tracking_switch = "Unisender Go", "unisender_go", ("api_key",), True

    def message(self, mail: OutgoingMessage) -> EmailMultiAlternatives:
        message: Any = super().message(mail)
        # A call with any other header is refused.
        message.extra_headers = {
            name: value for name, value in message.extra_headers.items() if name.lower().startswith(("x-", "list-"))
        }
        if token_of(mail):
            message.esp_extra = {"idempotence_key": token_of(mail)}
        return message  # type: ignore[no-any-return]


def batch_key(mails: Sequence[OutgoingMessage]) -> str:
    """The same for the same recipients of the same mailing, so that a repeated call is known as one; empty: none."""
    tokens = [token_of(mail) for mail in mails]
    if not all(tokens):
        return ""
    return str(UUID(bytes=blake2s("".join(tokens).encode(), digest_size=16).digest()))


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:500]


def as_json(value: Any) -> str:
    return json.dumps(value, default=dict)
