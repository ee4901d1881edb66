"""Takes alerts to people outside of the web admin: by mail, signed webhook or chat. The row is the job."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import datetime, timedelta

import requests
from django.db import transaction
from django.utils import timezone

from accounts.errors import SecretUnreadable
from accounts.services.permission import require
from accounts.services.secrets import decrypt
from accounts.types import Actor
from deliverability import conf
from deliverability.errors import HeaderRefused
from deliverability.models import Alert, AlertChannel, AlertDelivery, Provider, Stream
from deliverability.queries.lanes import provider_in_force
from deliverability.services.direct import plain_mail, send_directly
from deliverability.types import StreamKind

TIMEOUT_SECONDS = 5
MOST_ATTEMPTS = 8
AT_ONCE = 20
_STATES = {
    AlertDelivery.About.OPENED: "New",
    AlertDelivery.About.WORSE: "Worse",
    AlertDelivery.About.RESOLVED: "Over",
}


def deliver_alerts(*, now: datetime | None = None) -> int:
    """Try what is due, each with growing pauses, eight times at most. Returns how many arrived.

    Each row is locked while it is tried, so two workers tell nobody twice; a kill in between may.
    """
    arrived = 0
    for _ in range(AT_ONCE):
        with transaction.atomic():
            delivery = _next(now or timezone.now())
            if delivery is None:
                break
            failure = _deliver(delivery)
            delivery.attempts += 1
            delivery.failure = failure[:1000]
            if failure:
                delivery.due_at = timezone.now() + timedelta(seconds=15 * 2**delivery.attempts)
            else:
                delivery.delivered_at = timezone.now()
                arrived += 1
            delivery.save()
    return arrived


def try_channel(*, actor: Actor, channel_id: int) -> str:
    """Send a trial alert now; what went wrong, or nothing. Raises PermissionRefused, AlertChannel.DoesNotExist."""
    require(actor, "deliverability.manage")
    channel = AlertChannel.objects.select_related("provider").get(pk=channel_id)
    now = timezone.now()
    trial = Alert(
        key="trial",
        severity=Alert.Severity.WARNING,
        title="A trial alert from Sendwell",
        text=f"{actor} asked for it, to see whether alerts arrive here. Nothing is wrong.",
        opened_at=now,
        seen_at=now,
    )
    return _deliver(AlertDelivery(alert=trial, channel=channel, about=AlertDelivery.About.OPENED))


def _next(now: datetime) -> AlertDelivery | None:
    waiting = AlertDelivery.objects.filter(delivered_at=None, due_at__lte=now, attempts__lt=MOST_ATTEMPTS)
    related = waiting.select_related("alert", "channel", "channel__provider")
    return related.select_for_update(of=("self",), skip_locked=True).order_by("due_at").first()


def _deliver(delivery: AlertDelivery) -> str:
    """What went wrong, or nothing."""
    try:
        if delivery.channel.kind == AlertChannel.Kind.EMAIL:
            return _mail(delivery)
        if delivery.channel.kind == AlertChannel.Kind.CHAT:
            return _post(delivery.channel.target, json.dumps({"text": _text(delivery)}), {})
        return _call(delivery)
    except (requests.RequestException, HeaderRefused, SecretUnreadable, OSError) as error:
        return f"{type(error).__name__}: {error}"


def _mail(delivery: AlertDelivery) -> str:
    way = _way(delivery.channel)
    if way is None:
        return "There is no provider to send through."
    provider, sender = way
    subject = f"{_STATES[AlertDelivery.About(delivery.about)]}: {delivery.alert.title}"
    reply = send_directly(
        provider=provider,
        message=plain_mail(sender=sender, to=delivery.channel.target, subject=subject, body=_text(delivery)),
    )
    return "" if 200 <= reply.code < 300 else f"{provider.name} answered: {reply.code} {reply.text}"


def _way(channel: AlertChannel) -> tuple[Provider, str] | None:
    """The channel's own provider; else the one of transactional mail, since campaigns' may be what is in trouble."""
    streams = Stream.objects.select_related("provider").order_by("id")
    transactional = streams.filter(kind=StreamKind.TRANSACTIONAL.value).first()
    stream = transactional or streams.first()
    if channel.provider is not None:
        stream = streams.filter(provider=channel.provider).first() or stream
        return (channel.provider, stream.from_email) if stream else None
    return (provider_in_force(stream), stream.from_email) if stream else None


def _call(delivery: AlertDelivery) -> str:
    alert = delivery.alert
    body = json.dumps(
        {
            "type": f"alert.{delivery.about}",
            "id": alert.pk,
            "key": alert.key,
            "severity": alert.severity,
            "title": alert.title,
            "text": alert.text,
            "opened_at": alert.opened_at.isoformat(),
            "resolved_at": alert.resolved_at.isoformat() if alert.resolved_at else None,
            "url": f"{conf.base_url()}/alerts",
        }
    )
    return _post(delivery.channel.target, body, {"Sendwell-Signature": sign(delivery.channel, body)})


def sign(channel: AlertChannel, body: str) -> str:
    """`t=<unix time>,v1=<HMAC-SHA256 of "t.body">`: the time keeps an old call from being played again."""
    moment = str(int(time.time()))
    secret = decrypt(channel.secret_encrypted).encode()
    digest = hmac.new(secret, f"{moment}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def _post(url: str, body: str, headers: Mapping[str, str]) -> str:
    answer = requests.post(
        url,
        data=body.encode(),
        headers={"Content-Type": "application/json", "User-Agent": "Sendwell", **headers},
        timeout=TIMEOUT_SECONDS,
        allow_redirects=False,
    )
    return "" if 200 <= answer.status_code < 300 else f"The server answered {answer.status_code}."


def _text(delivery: AlertDelivery) -> str:
    alert = delivery.alert
    state = _STATES[AlertDelivery.About(delivery.about)]
    return f"{state} ({alert.severity}): {alert.title}\n\n{alert.text}\n\n{conf.base_url()}/alerts\n"
