"""Changes what members may do; somebody who may do everything always stays."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.urls import reverse

from accounts.errors import LastOwner
from accounts.models import User
from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor, Role


def password_path(*, actor: Actor, member: User) -> str:
    """The path under which the member sets a password, once; it runs out with PASSWORD_RESET_TIMEOUT."""
    require(actor, "accounts.manage_team")
    record(actor=actor, text=f"Made a link with which {member} sets a password.")
    key = default_token_generator.make_token(member)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(member), "key": key})


@transaction.atomic
def change_role(*, actor: Actor, member_id: int, role: Role) -> User:
    """Raises LastOwner, PermissionRefused."""
    require(actor, "accounts.manage_team")
    owners, member = _locked(member_id)
    if role != Role.OWNER and owners == [member.pk]:
        raise LastOwner
    member.role = role.value
    member.save(update_fields=["role"])
    record(actor=actor, text=f"Made {member} {role.value}.")
    return member


@transaction.atomic
def deactivate(*, actor: Actor, member_id: int) -> User:
    """Ends every session of theirs at the next request. Raises LastOwner, PermissionRefused."""
    require(actor, "accounts.manage_team")
    owners, member = _locked(member_id)
    if owners == [member.pk]:
        raise LastOwner
    member.is_active = False
    member.save(update_fields=["is_active"])
    record(actor=actor, text=f"Deactivated {member}.")
    return member


@transaction.atomic
def reactivate(*, actor: Actor, member_id: int) -> User:
    """Raises PermissionRefused."""
    require(actor, "accounts.manage_team")
    member = User.objects.select_for_update().get(pk=member_id)
    member.is_active = True
    member.save(update_fields=["is_active"])
    record(actor=actor, text=f"Let {member} in again.")
    return member


def _locked(member_id: int) -> tuple[list[int], User]:
    # Locking all owners keeps two of them from removing each other at the same moment.
    active = User.objects.select_for_update().filter(role=Role.OWNER.value, is_active=True).order_by("pk")
    owners = [owner.pk for owner in active]
    return owners, User.objects.select_for_update().get(pk=member_id)
