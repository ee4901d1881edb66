"""Reads the team."""

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from accounts.models import User
from accounts.types import Actor


def members() -> QuerySet[User]:
    """Those who may enter first, then by name."""
    return User.objects.order_by("-is_active", "first_name", "last_name", "email")


def member_id(actor: Actor) -> int | None:
    """Tells two members of one name apart; None for Sendwell itself and for programs."""
    return actor.pk if isinstance(actor, User) else None


def is_founded() -> bool:
    """False in an installation that nobody has set up yet."""
    return User.objects.exists()


def second_factors() -> tuple[int, int]:
    """How many members may sign in, and how many of them with a second factor."""
    members_now = User.objects.filter(is_active=True)
    secured = Authenticator.objects.filter(user__in=members_now).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return members_now.count(), secured.values("user").distinct().count()
