"""Sets up the inboxes where bounces and complaints arrive, with their secrets encrypted."""

from django.db import IntegrityError, transaction

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.services.secrets import encrypt
from accounts.types import Actor
from deliverability.errors import NameTaken
from deliverability.models import Inbox
from deliverability.services.inbound_mail import collect


def save_inbox(
    *, actor: Actor, inbox_id: int | None, secret: str = "", client_secret: str = "", **values: str | int | bool
) -> Inbox:
    """A new one without an id; `values` are its other fields, and an empty secret keeps the one there is.

    Raises NameTaken, PermissionRefused, Inbox.DoesNotExist.
    """
    require(actor, "deliverability.manage")
    try:
        with transaction.atomic():
            inbox = Inbox() if inbox_id is None else Inbox.objects.select_for_update().get(pk=inbox_id)
            for name, value in values.items():
                setattr(inbox, name, value)
            if secret:
                inbox.secret_encrypted = encrypt(secret)
            if client_secret:
                inbox.client_secret_encrypted = encrypt(client_secret)
            inbox.last_error = ""
            inbox.save()
            words = " with a new secret" if secret or client_secret else ""
            where = inbox.path if inbox.kind == Inbox.Kind.MAILDIR else f"{inbox.username} at {inbox.host}:{inbox.port}"
            record(actor=actor, text=f"Saved the inbox {inbox.name}{words}: {where}.")
    except IntegrityError:
        raise NameTaken(
            f"Another inbox is called “{values.get('name')}” already. Nothing was saved; choose another name."
        ) from None
    return inbox


def try_inbox(*, actor: Actor, inbox_id: int) -> tuple[int, str]:
    """Fetch what waits there now: how many mails, and what went wrong, or nothing.

    Raises PermissionRefused, Inbox.DoesNotExist.
    """
    require(actor, "deliverability.manage")
    count = collect(inbox_id=inbox_id)
    return count, Inbox.objects.get(pk=inbox_id).last_error


@transaction.atomic
def remove_inbox(*, actor: Actor, inbox_id: int) -> None:
    """What it brought stays. Raises PermissionRefused, Inbox.DoesNotExist."""
    require(actor, "deliverability.manage")
    inbox = Inbox.objects.get(pk=inbox_id)
    inbox.delete()
    record(actor=actor, text=f"Removed the inbox {inbox.name}.")
