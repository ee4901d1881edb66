"""Makes the first member of an empty installation, its owner."""

from django.db import connection, transaction

from accounts.errors import AlreadyFounded
from accounts.models import User
from accounts.services.audit import record
from accounts.types import Role

# Any number that no other advisory lock of ours uses.
_LOCK = 5_021_301


@transaction.atomic
def found(*, email: str, password: str, first_name: str, last_name: str, time_zone: str) -> User:
    """Raises AlreadyFounded: of two who try at the same moment, one becomes the owner."""
    with connection.cursor() as cursor:
        # There is no row to lock yet.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if User.objects.exists():
        raise AlreadyFounded
    owner = User.objects.create_user(
        email,
        password,
        first_name=first_name,
        last_name=last_name,
        time_zone=time_zone,
        role=Role.OWNER.value,
        is_staff=True,
        is_superuser=True,
    )
    record(actor=owner, text="Set Sendwell up as its first owner.")
    return owner
