"""The APIs that take many different mails in one call: anymail's payload writes each, the call around them is ours.

A call is the unit of fate here: if a worker dies while one is under way, all its mails are in the unknown. So it
carries no more than `FEW`, where an ESP would take 500.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

import requests
from django.core.mail import EmailMultiAlternatives

from deliverability.providers.esp.composed import ComposedApi, as_json, batch_key
from deliverability.providers.esp.exchange import Call
from deliverability.providers.esp.verdicts import Later, Verdict, accepted, failure, general, refusal
from deliverability.types import OutgoingMessage, Reply

# Enough to hide the way there and back, few enough that a kill repeats little.
FEW = 25


class BatchedApi(ComposedApi):
    """`path` is the batch's endpoint; `join` makes one body of many and `answers` one reply a mail, in order."""

    most = FEW
    path = ""

    def call(self, mails: Sequence[OutgoingMessage]) -> Call:
        if len(mails) == 1:
            return super().call(mails)
        payloads = [self._payload(self.message(mail)) for mail in mails]
        request = payloads[0].get_request_params(self._backend.api_url)
        headers = {**request["headers"], **self.idempotency_headers(mails), **self.batch_headers()}
        body = as_json(self.join([payload.data for payload in payloads], mails))
        return Call(self._backend.api_url + self.path, body, headers, None, request["auth"], request["params"])

    def read(self, response: requests.Response, mails: Sequence[OutgoingMessage]) -> Verdict:
        if len(mails) == 1:
            return super().read(response, mails)
        verdict = general(response, self.title)
        if verdict is not None:
            return verdict
        try:
            replies = self.answers(response.json(), mails)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            replies = []
        if len(replies) == len(mails):
            return replies
        if 200 <= response.status_code < 300:
            return [Reply(250, f"{self.title} took the batch, in words of its own", "2.0.0")] * len(mails)
        return failure(response, self.title, mails)

    def batch_headers(self) -> dict[str, str]:
        return {}

    def join(self, contents: list[Any], mails: Sequence[OutgoingMessage]) -> Any:
        return contents

    def answers(self, answer: Any, mails: Sequence[OutgoingMessage]) -> list[Reply]:
        raise NotImplementedError


class Postmark(BatchedApi):
    """https://postmarkapp.com/developer/api/email-api#send-batch-emails — up to 500 messages."""

    title, backend, path = "Postmark", "postmark", "email/batch"
    settings = ("server_token", "message_stream")
    has_tracking_switch = keeps_message_id = True

    def message(self, mail: OutgoingMessage) -> EmailMultiAlternatives:
        message = super().message(mail)
        # Without it Postmark gives the mail an id of its own.
        message.extra_headers["X-PM-KeepID"] = "true"
        return message

    def read(self, response: requests.Response, mails: Sequence[OutgoingMessage]) -> Verdict:
        if response.status_code == 422 and len(mails) == 1:
            return self._one(response, mails[0])
        return super().read(response, mails)

    def answers(self, answer: Any, mails: Sequence[OutgoingMessage]) -> list[Reply]:
        return [self._answer(one, mail) for one, mail in zip(answer, mails, strict=True)]

    def _one(self, response: requests.Response, mail: OutgoingMessage) -> Verdict:
        try:
            return [self._answer(response.json(), mail)]
        except (ValueError, KeyError, TypeError):
            return failure(response, self.title, [mail])

    def _answer(self, one: Any, mail: OutgoingMessage) -> Reply:
        code = one.get("ErrorCode", 0)
        if not code:
            return accepted(self.title, one["MessageID"])
        words = f"{code} {one.get('Message', '')}"
        # https://postmarkapp.com/developer/api/overview#error-codes: 4xx are about the sender or the account.
        if code in (10, 400, 401, 402, 405, 412, 413):
            return Reply(530, f"{self.title}: {words}", "5.7.0")
        return refusal(self.title, words, mail)


class Resend(BatchedApi):
    """https://resend.com/docs/api-reference/emails/send-batch-emails — up to 100 mails, none with attachments."""

    title, backend, path, settings = "Resend", "resend", "emails/batch", ("api_key",)

    def idempotency_headers(self, mails: Sequence[OutgoingMessage]) -> dict[str, str]:
        key = batch_key(mails)
        return {"Idempotency-Key": key} if key else {}

    def batch_headers(self) -> dict[str, str]:
        # One bad address must not stop the rest.
        return {"x-batch-validation": "permissive"}

    def read(self, response: requests.Response, mails: Sequence[OutgoingMessage]) -> Verdict:
        if response.status_code == 409 and "concurrent" in response.text:
            return Later(1.0, Reply(451, f"{self.title} is still at an earlier copy of this call", "4.3.0"))
        if response.status_code == 409:
            # The key was used with other content: an earlier copy of this call was taken.
            return [accepted(self.title)] * len(mails)
        return super().read(response, mails)

    def answers(self, answer: Any, mails: Sequence[OutgoingMessage]) -> list[Reply]:
        wrong = {one["index"]: one["message"] for one in answer.get("errors") or []}
        ids = iter(answer["data"])
        return [
            refusal(self.title, f"{wrong[place]}", mail) if place in wrong else accepted(self.title, next(ids)["id"])
            for place, mail in enumerate(mails)
        ]


class Mailtrap(BatchedApi):
    """https://api-docs.mailtrap.io — up to 500 mails a call; `base` holds what all share, which here is nothing."""

    title, backend, path, settings = "Mailtrap", "mailtrap", "batch", ("api_token",)
    keeps_message_id = True

    def join(self, contents: list[Any], mails: Sequence[OutgoingMessage]) -> Any:
        return {"base": {}, "requests": contents}

    def answers(self, answer: Any, mails: Sequence[OutgoingMessage]) -> list[Reply]:
        return [
            accepted(self.title, one["message_ids"][0])
            if one["success"]
            else refusal(self.title, f"{'; '.join(one.get('errors') or ['not taken'])}", mail)
            for one, mail in zip(answer["responses"], mails, strict=True)
        ]


class Mailjet(BatchedApi):
    """https://dev.mailjet.com/email/guides/send-api-v31/ — up to 50 messages a call."""

    title, backend, path, settings = "Mailjet", "mailjet", "send", ("api_key", "secret_key")
    has_tracking_switch = True

    def join(self, contents: list[Any], mails: Sequence[OutgoingMessage]) -> Any:
        return {"Messages": [{**one["Globals"], **one["Messages"][0]} for one in contents]}

    def read(self, response: requests.Response, mails: Sequence[OutgoingMessage]) -> Verdict:
        verdict = general(response, self.title)
        if verdict is not None:
            return verdict
        try:
            return self.answers(response.json(), mails)
        except (ValueError, KeyError, TypeError, IndexError):
            return failure(response, self.title, mails)

    def answers(self, answer: Any, mails: Sequence[OutgoingMessage]) -> list[Reply]:
        return [self._answer(one, mail) for one, mail in zip(answer["Messages"], mails, strict=True)]

    def _answer(self, one: Any, mail: OutgoingMessage) -> Reply:
        if one["Status"] == "success":
            return accepted(self.title, one["To"][0]["MessageID"])
        errors = one.get("Errors") or [{}]
        words = str(errors[0].get("ErrorMessage", "not taken"))
        if errors[0].get("StatusCode", 400) >= 500:
            return Reply(451, f"{self.title}: {words}", "4.3.0")
        return refusal(self.title, words, mail)


class Brevo(BatchedApi):
    """https://developers.brevo.com/docs/batch-send-transactional-emails — up to 1000 versions, a sender for all."""

    title, backend, path, settings = "Brevo", "brevo", "smtp/email", ("api_key",)

    def message(self, mail: OutgoingMessage) -> EmailMultiAlternatives:
        message = super().message(mail)
        if key := batch_key([mail]):
            message.extra_headers["idempotencyKey"] = key
        return message

    def join(self, contents: list[Any], mails: Sequence[OutgoingMessage]) -> Any:
        first = contents[0]
        shared = {"sender": first["sender"], "subject": first["subject"], "htmlContent": _html(first)}
        key = batch_key(mails)
        return {
            **shared,
            **({"headers": {"idempotencyKey": key}} if key else {}),
            "messageVersions": [_version(one) for one in contents],
        }

    def answers(self, answer: Any, mails: Sequence[OutgoingMessage]) -> list[Reply]:
        return [accepted(self.title, message_id) for message_id in answer["messageIds"]]


def _version(content: Any) -> dict[str, Any]:
    names = ("to", "subject", "textContent", "replyTo")
    headers = {name: value for name, value in content.get("headers", {}).items() if name != "idempotencyKey"}
    chosen = {name: content[name] for name in names if name in content}
    return {**chosen, "htmlContent": _html(content), "headers": headers}


def _html(content: Any) -> str:
    """A version without HTML would get that of the first one; a mail of text alone is shown as it is."""
    return str(content.get("htmlContent") or f"<pre>{escape(content.get('textContent', ''))}</pre>")
