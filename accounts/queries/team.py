"""Reads the team."""

from django.db.models import QuerySet

from accounts.models import User


def members() -> QuerySet[User]:
    """Those who may enter first, then by name."""
    return User.objects.order_by("-is_active", "first_name", "last_name", "email")


def is_founded() -> bool:
    """False in an installation that nobody has set up yet."""
    return User.objects.exists()
