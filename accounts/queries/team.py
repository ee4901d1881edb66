"""Reads the team."""

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
