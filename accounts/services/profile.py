"""What members say of themselves."""

from accounts.models import User


def update_profile(*, user: User, first_name: str, last_name: str, time_zone: str) -> None:
    user.first_name, user.last_name, user.time_zone = first_name, last_name, time_zone
    user.save(update_fields=["first_name", "last_name", "time_zone"])
