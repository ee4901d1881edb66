"""Which of an ESP's bounces say that nobody lives there: each ESP has its own words for it.

anymail's common vocabulary calls a full mailbox and a missing one alike, and only the latter may suppress.
"""

from collections.abc import Callable, Mapping
from typing import Any

_SES_DEAD = ("General", "NoEmail", "Suppressed", "OnAccountSuppressionList")


def is_lasting(kind: str, raw: Any) -> bool:
    """Whether the ESP calls the mailbox dead; False for words that we do not know."""
    judge = _JUDGES.get(kind)
    try:
        return judge is not None and bool(judge(raw))
    except (KeyError, TypeError, AttributeError, ValueError):
        return False


def _ses(raw: Mapping[str, Any]) -> bool:
    # A permanent content or size rejection carries a subtype of its own.
    bounce = raw.get("bounce") or {}
    is_dead = bounce.get("bounceSubType", "General") in _SES_DEAD
    return bool(is_dead and bounce.get("bounceType") == "Permanent")


def _mailgun(raw: Mapping[str, Any]) -> bool:
    event = raw.get("event-data", raw)
    if event.get("event") in ("bounced", "failed") and event.get("reason") in ("bounce", "suppress-bounce"):
        return str(event.get("severity", "permanent")) == "permanent"
    # Older webhooks: https://documentation.mailgun.com/en/latest/user_manual.html#tracking-bounces
    return str(event.get("event")) == "bounced" and str(event.get("code", "")).startswith("5")


def _mailjet(raw: Mapping[str, Any]) -> bool:
    return raw.get("event") == "bounce" and raw.get("hard_bounce") is True


def _mandrill(raw: Mapping[str, Any]) -> bool:
    message = raw.get("msg") or {}
    if raw.get("event") == "hard_bounce":
        return message.get("bounce_description", "bad_mailbox") in ("bad_mailbox", "invalid_domain", "general")
    return raw.get("event") == "reject" and (raw.get("reject") or {}).get("reason") == "hard-bounce"


def _postal(raw: Mapping[str, Any]) -> bool:
    payload = raw.get("payload", raw)
    return raw.get("event") == "MessageDeliveryFailed" and payload.get("status") == "HardFail"


def _resend(raw: Mapping[str, Any]) -> bool:
    bounce = raw["data"].get("bounce") or {}
    return raw["type"] == "email.bounced" and bounce.get("type") == "Permanent"


def _sendgrid(raw: Mapping[str, Any]) -> bool:
    if raw.get("event") == "dropped":
        return raw.get("reason") in ("Bounced Address", "Invalid")
    return raw.get("event") == "bounce" and raw.get("type", "bounce") == "bounce"


def _sparkpost(raw: Mapping[str, Any]) -> bool:
    (event,) = raw["msys"].values()
    return event.get("type") in ("bounce", "out_of_band") and str(event.get("bounce_class")) in ("10", "30")


def _unisender(raw: Mapping[str, Any]) -> bool:
    dead = ("err_user_unknown", "err_user_inactive", "err_domain_inactive")
    info = raw.get("delivery_info") or {}
    return raw.get("status") == "hard_bounced" and info.get("delivery_status", "err_user_unknown") in dead


_JUDGES: dict[str, Callable[[Any], bool]] = {
    "amazon_ses": _ses,
    "brevo": lambda raw: raw.get("event") in ("hard_bounce", "invalid_email"),
    "mailersend": lambda raw: raw.get("type") == "activity.hard_bounced",
    "mailgun": _mailgun,
    "mailjet": _mailjet,
    "mailtrap": lambda raw: raw.get("event") == "bounce",
    "mandrill": _mandrill,
    "postal": _postal,
    "postmark": lambda raw: raw.get("Type") in ("HardBounce", "BadEmailAddress"),
    "resend": _resend,
    "sendgrid": _sendgrid,
    "sparkpost": _sparkpost,
    "unisender_go": _unisender,
}
