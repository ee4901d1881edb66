"""Proves and reads webhooks through anymail's views, which know each ESP's format and signature."""

import json
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

from anymail.exceptions import AnymailConfigurationError, AnymailError, AnymailWebhookValidationFailure
from django.http import HttpRequest
from django.test import RequestFactory

from deliverability.webhooks import sns
from deliverability.webhooks.base import Hook, Notice, Secrets, Unproved, Unreadable
from deliverability.webhooks.lasting import is_lasting
from deliverability.webhooks.proofs import verify_password, verify_svix

# anymail asks for a key when a view is made, even where only the format is of interest.
_ANY_KEY = "0"


class _Reader(NamedTuple):
    """An anymail view, and by which name it takes the key that proves a request."""

    view: str
    key: str = ""
    takes_url: bool = False


_READERS = {
    "amazon_ses": _Reader("amazon_ses.AmazonSESTrackingWebhookView"),
    "brevo": _Reader("brevo.BrevoTrackingWebhookView"),
    "mailersend": _Reader("mailersend.MailerSendTrackingWebhookView", "signing_secret"),
    "mailgun": _Reader("mailgun.MailgunTrackingWebhookView", "webhook_signing_key"),
    "mailjet": _Reader("mailjet.MailjetTrackingWebhookView"),
    "mailtrap": _Reader("mailtrap.MailtrapTrackingWebhookView", "tracking_secret"),
    "mandrill": _Reader("mandrill.MandrillCombinedWebhookView", "webhook_key", takes_url=True),
    "postal": _Reader("postal.PostalTrackingWebhookView", "webhook_key"),
    "postmark": _Reader("postmark.PostmarkTrackingWebhookView"),
    "resend": _Reader("resend.ResendTrackingWebhookView"),
    "sendgrid": _Reader("sendgrid.SendGridTrackingWebhookView", "tracking_webhook_verification_key"),
    "sparkpost": _Reader("sparkpost.SparkPostTrackingWebhookView"),
    "unisender_go": _Reader("unisender_go.UnisenderGoTrackingWebhookView", "api_key"),
}
# Their formats can be read only with the key.
_ALWAYS_SIGNED = {"mailersend", "mailgun", "mandrill", "postal", "unisender_go"}


def hook_kinds() -> tuple[str, ...]:
    return tuple(_READERS)


def prove(kind: str, hook: Hook, secrets: Secrets) -> None:
    """Raises Unproved unless every proof that is set up holds; without any, everything is refused."""
    if not secrets or (kind in _ALWAYS_SIGNED and not secrets.key):
        raise Unproved("This provider has no webhook key yet. Add it in the settings, then webhooks are taken.")
    if secrets.passwords:
        verify_password(hook, secrets.passwords)
    if kind == "resend" and secrets.key:
        verify_svix(hook, secrets.key)
    elif kind == "amazon_ses":
        _prove_sns(hook, secrets)
    elif secrets.key:
        _prove_by_view(kind, hook, secrets)


def read(kind: str, hook: Hook) -> list[Notice]:
    """What a proved webhook tells, in order; nothing for tests and confirmations. Raises Unreadable."""
    try:
        events = _view(kind, Secrets(), hook).parse_events(_request(hook))
    except AnymailConfigurationError:
        raise Unreadable("This is another kind of webhook. Point only event webhooks to this address.") from None
    except (AnymailError, ValueError, KeyError, TypeError, AttributeError, AssertionError, IndexError) as error:
        raise Unreadable(f"The webhook could not be read: {error!r}"[:500]) from error
    return [_notice(kind, event) for event in events]


def confirm_subscription(hook: Hook) -> bool:
    """Tells Amazon that a proved subscription to SES events is wanted; False where none is asked for.

    Raises Unproved for an address that is not Amazon's, requests.RequestException.
    """
    message = _sns_message(hook)
    if message.get("Type") != "SubscriptionConfirmation":
        return False
    sns.confirm(message)
    return True


def _sns_message(hook: Hook) -> dict[str, Any]:
    message = json.loads(hook.body)
    if not isinstance(message, dict):
        raise Unproved("The body is no SNS message.")
    return message


def _prove_sns(hook: Hook, secrets: Secrets) -> None:
    _prove_by_view("amazon_ses", hook, secrets)
    if secrets.topic:
        sns.verify(_sns_message(hook), topic=secrets.topic)


def _prove_by_view(kind: str, hook: Hook, secrets: Secrets) -> None:
    try:
        _view(kind, secrets, hook).run_validators(_request(hook))
    except AnymailWebhookValidationFailure as failure:
        raise Unproved(str(failure).partition(" (")[0]) from None
    except (AnymailError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unproved(f"The signature could not be checked: {error!r}"[:300]) from None


def _view(kind: str, secrets: Secrets, hook: Hook) -> Any:
    """Passwords are ours to check, so the view gets none."""
    reader = _READERS[kind]
    if kind == "amazon_ses":
        return _ses_view()()
    options: dict[str, Any] = {"webhook_secret": []}
    if reader.key and (secrets.key or kind in _ALWAYS_SIGNED):
        options[reader.key] = secrets.key or _ANY_KEY
    if reader.takes_url:
        options["webhook_url"] = hook.url
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _class(reader.view)(**options)


def _class(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(".")
    found: Callable[..., Any] = getattr(import_module(f"anymail.webhooks.{module}"), name)
    return found


def _ses_view() -> Callable[..., Any]:
    """anymail's view of SES without its AWS client, which it needs only to confirm subscriptions; we do that."""
    base: Any = _class(_READERS["amazon_ses"].view)

    class View(base):  # type: ignore[misc]
        def __init__(self) -> None:
            self.validators = [base.__mro__[1].validate_request]
            self.auto_confirm_enabled = False

    return View


def _request(hook: Hook) -> HttpRequest:
    names = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in hook.headers.items()}
    request: HttpRequest = RequestFactory().generic("POST", "/", hook.body, hook.content_type, **names)  # type: ignore[arg-type]
    return request


def _notice(kind: str, event: Any) -> Notice:
    raw = event.esp_event
    return Notice(
        what=str(event.event_type),
        at=event.timestamp,
        key=str(event.event_id or ""),
        message_id=str(event.message_id or ""),
        recipient=str(event.recipient or ""),
        reason=str(event.reject_reason or ""),
        description=str(event.description or ""),
        reply=str(event.mta_response or ""),
        tags=tuple(map(str, event.tags or ())),
        metadata=dict(event.metadata or {}),
        raw=raw,
        is_lasting=is_lasting(kind, raw),
    )
