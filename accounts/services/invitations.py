"""Invites people into the team by e-mail, and lets in whoever comes with the link."""

import secrets
from datetime import timedelta

from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import InvitationGone, MemberExists
from accounts.models import Invitation, Organisation, User
from accounts.queries.invitations import hash_of
from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor, Role

LIFETIME = timedelta(days=7)


@transaction.atomic
def invite(*, actor: Actor, email: str, role: Role) -> tuple[Invitation, str]:
    """The invitation and its token, which is kept nowhere; an earlier one of the same address ends.

    Raises MemberExists, PermissionRefused.
    """
    require(actor, "accounts.manage_team")
    if User.objects.filter(email__iexact=email).exists():
        raise MemberExists(f"Somebody with the address {email} is in the team already. Nobody was invited.")
    Invitation.objects.filter(email__iexact=email).delete()
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        email=User.objects.normalize_email(email),
        role=role.value,
        token_hash=hash_of(token),
        invited_by=str(actor)[:200],
        expires_at=timezone.now() + LIFETIME,
    )
    record(actor=actor, text=f"Invited {invitation.email} as {role.value}.")
    return invitation, token


def mail_invitation(*, invitation: Invitation, link: str) -> bool:
    """True when our provider took the mail. Takes as long as the provider does, so call it outside a transaction."""
    organisation = Organisation.objects.order_by("id").values_list("name", flat=True).first() or "Sendwell"
    subject = _("%(actor)s invites you to %(organisation)s on Sendwell")
    names = {"actor": invitation.invited_by, "organisation": organisation}
    body = _(
        "%(actor)s invites you to send mail for %(organisation)s with Sendwell.\n\n"
        "Open this link to choose a password. It works once, within seven days:\n%(link)s\n\n"
        "If you do not know why, ignore this mail; nothing happens without you."
    )
    return send_mail(subject % names, body % {**names, "link": link}, None, [invitation.email]) > 0


@transaction.atomic
def accept(*, token: str, first_name: str, last_name: str, password: str, time_zone: str) -> User:
    """A member with the role of the invitation, which is used up. Raises InvitationGone, MemberExists."""
    invitation = Invitation.objects.select_for_update().filter(token_hash=hash_of(token)).first()
    if invitation is None or invitation.expires_at <= timezone.now():
        raise InvitationGone
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise MemberExists(f"Somebody with the address {invitation.email} is in the team already. Sign in instead.")
    member = User.objects.create_user(
        invitation.email,
        password,
        first_name=first_name,
        last_name=last_name,
        role=invitation.role,
        time_zone=time_zone,
    )
    invitation.delete()
    record(actor=member, text=f"Joined as {member.role}, invited by {invitation.invited_by}.")
    return member


@transaction.atomic
def revoke(*, actor: Actor, invitation_id: int) -> None:
    """Its link leads nowhere from now on. Raises PermissionRefused."""
    require(actor, "accounts.manage_team")
    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if invitation is not None:
        invitation.delete()
        record(actor=actor, text=f"Took back the invitation of {invitation.email}.")
