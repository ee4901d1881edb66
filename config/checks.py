"""What `manage.py check` and `check --deploy` say about an installation before it meets people."""

import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connection

from accounts.errors import OrganisationMissing
from accounts.queries.organisation import current_organisation

# What is built in compares code points, whatever its name; ICU never does.
_ORDER = """
SELECT CASE datlocprovider WHEN 'c' THEN datcollate WHEN 'b' THEN 'C' ELSE 'rules of a language (ICU)' END
FROM pg_database WHERE datname = current_database()
"""


@register()
def settings_make_sense(**_: Any) -> list[CheckMessage]:
    """Values with which nothing would work, in any installation."""
    found: list[CheckMessage] = []
    chosen: dict[str, Any] = settings.SENDWELL
    if chosen["JOURNAL"] not in ("file", "redis"):
        found.append(
            Error(
                f"SENDWELL_JOURNAL is {chosen['JOURNAL']!r}.",
                hint="Write file (workers share a volume) or redis (they do not).",
                id="sendwell.E001",
            )
        )
    if chosen["RETRY_SCALE"] <= 0:
        found.append(
            Error(
                "SENDWELL_RETRY_SCALE must be above 0, or deferred mail would be retried without a pause.",
                hint="Leave it out: 1 is right wherever real people get mail.",
                id="sendwell.E002",
            )
        )
    return found


@register(Tags.security, deploy=True)
def keys_are_apart(**_: Any) -> list[CheckMessage]:
    """Keys that live for years must not hang on SECRET_KEY, which should be replaced now and then."""
    found: list[CheckMessage] = []
    if not os.environ.get("SENDWELL_SECRET_KEY"):
        found.append(
            checks.Warning(
                "SENDWELL_SECRET_KEY is not set: the key in the data folder is used, which other machines lack.",
                hint="Set one value of 50 characters or more on every machine.",
                id="sendwell.W001",
            )
        )
    roles = {
        "SENDWELL_LINK_KEY": (settings.LINK_KEY, "links in sent mail stop working, unsubscribing included"),
        "SENDWELL_ADDRESS_KEY": (settings.ADDRESS_KEY, "erased people who had opted out are forgotten"),
        "SENDWELL_CREDENTIAL_KEYS": (settings.CREDENTIAL_KEYS[0], "stored passwords can no longer be read"),
    }
    for name, (value, loss) in roles.items():
        if value == settings.SECRET_KEY:
            found.append(
                checks.Warning(
                    f"{name} is the same as SENDWELL_SECRET_KEY: once that is replaced, {loss}.",
                    hint=f"Set {name} to a random value of its own before the first mail is sent.",
                    id="sendwell.W002",
                )
            )
    return found


@register(Tags.security, deploy=True)
def public_addresses_are_safe(**_: Any) -> list[CheckMessage]:
    """Links in mail must be https: RFC 8058 demands it of one-click, and browsers warn of the rest."""
    addresses = {"SENDWELL_BASE_URL": settings.BASE_URL, "SENDWELL_TRACKING_URL": settings.TRACKING_URL}
    return [
        checks.Warning(
            f"{name} is {address}.",
            hint="Use the public https address: mail clients ignore one-click unsubscribe over http.",
            id="sendwell.W003",
        )
        for name, address in addresses.items()
        if not address.startswith("https://")
    ]


@register(deploy=True)
def nothing_is_shortened(**_: Any) -> list[CheckMessage]:
    if settings.SENDWELL["RETRY_SCALE"] == 1:
        return []
    return [
        checks.Warning(
            f"SENDWELL_RETRY_SCALE is {settings.SENDWELL['RETRY_SCALE']}: mailbox providers block senders who hurry.",
            hint="Leave it out; only demos and tests shorten the pauses between attempts.",
            id="sendwell.W004",
        )
    ]


@register(Tags.database)
def names_are_ordered_by_code_point(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A search by the beginning of a name is a range of an index, which another order makes slow or wrong."""
    if "default" not in (databases or ()):
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute(_ORDER)
            (collation,) = cursor.fetchone()
    except DatabaseError:
        # That it cannot be read is another check's to say.
        return []
    if collation in ("C", "C.UTF-8", "C.utf8", "POSIX"):
        return []
    return [
        checks.Warning(
            f"The database orders texts by {collation}, so searches for the beginning of a name miss people.",
            hint="Dump it, create it anew with: createdb --template=template0 --locale=C.UTF-8, and restore.",
            id="sendwell.W007",
        )
    ]


@register(deploy=True)
def organisation_is_known(**_: Any) -> list[CheckMessage]:
    """Every marketing mail names its sender and a postal address (CAN-SPAM, CASL)."""
    try:
        current_organisation()
    except OrganisationMissing:
        hint = "Enter name and postal address at /ops/accounts/organisation/add/."
        return [checks.Warning("No organisation is set up, so no campaign can be sent.", hint=hint, id="sendwell.W005")]
    except DatabaseError as error:
        hint = "Check DATABASE_URL, then run: manage.py migrate"
        return [checks.Warning(f"The database cannot be read: {error}".strip(), hint=hint, id="sendwell.W006")]
    return []
