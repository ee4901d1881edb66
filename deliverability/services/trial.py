"""Sends whoever sets up a provider one mail through it, and says in words how that went."""

from typing import NamedTuple

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from deliverability.models import Provider
from deliverability.rules.conversation import Conversation
from deliverability.rules.replies import ReplyKind, classify_reply
from deliverability.services.direct import plain_mail, send_directly
from deliverability.types import Reply

_ADVICE: dict[ReplyKind, str] = {
    "authentication": "Check user name and password, or the key; then, that the provider may send for your domain.",
    "policy": "Ask the provider whether your account may send from this address.",
    "block": "The provider or mailbox blocks mail from here. Its words below say whom to ask.",
    "hard": "The mailbox does not exist there. Check your own e-mail address.",
    "rate": "The provider wants it slower. Try again in some minutes.",
    "greylist": "That is normal for a first mail. Try again in some minutes.",
}


class Trial(NamedTuple):
    """`words` say what happened and what to do; `reply` and `conversation` are what was said, word for word."""

    was_accepted: bool
    words: str
    reply: str
    conversation: str = ""


def try_provider(*, actor: Actor, provider_id: int, to: str) -> Trial:
    """Raises PermissionRefused, HeaderRefused, accounts.errors.SecretUnreadable."""
    require(actor, "deliverability.manage")
    provider = Provider.objects.get(pk=provider_id)
    stream = provider.streams.order_by("id").first()
    message = plain_mail(
        sender=stream.from_email if stream else to,
        to=to,
        subject=f"A trial mail through {provider.name}",
        body=f"This mail left through “{provider.name}”, so Sendwell can send through it.\n",
    )
    heard = Conversation()
    reply = send_directly(provider=provider, message=message, listen=heard.hear)
    told = _told(reply, provider, to)
    record(actor=actor, text=f"Sent a trial mail through {provider.name}: {told.reply or 'no reply'}.")
    return told._replace(conversation=heard.text())


def _told(reply: Reply, provider: Provider, to: str) -> Trial:
    said = " ".join(filter(None, [str(reply.code or ""), reply.enhanced, reply.text]))
    if 200 <= reply.code < 300:
        if provider.kind == "sandbox":
            return Trial(True, "The sandbox accepted the mail. It sends nothing, so none will arrive.", said)
        return Trial(True, f"The server accepted a mail to {to}. Look into your inbox, and into spam.", said)
    if reply.code == 0:
        return Trial(False, _without_answer(reply, provider), said)
    kind = classify_reply(reply.code, reply.enhanced, reply.text).kind
    advice = _ADVICE.get(kind, "Its words below say why.")
    return Trial(False, f"The server did not take the mail, so none was sent. {advice}", said)


def _without_answer(reply: Reply, provider: Provider) -> str:
    if provider.is_esp and reply.stage == "body":
        return f"{provider.title} gave no answer in time. The mail may have left all the same: look into your inbox."
    if provider.is_esp:
        return f"The API of {provider.title} could not be reached. Check region and address; no mail was sent."
    where = f"{provider.host}, port {provider.port}"
    return f"There was no usable connection to {where}. Check host, port and encryption; no mail was sent."
