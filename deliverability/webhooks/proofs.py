"""Proofs that anymail leaves to a library we do without."""

import hmac
from base64 import b64decode, b64encode
from hashlib import sha256

from deliverability.webhooks.base import Hook, Unproved


def verify_svix(hook: Hook, secret: str) -> None:
    """Raises Unproved unless the body was signed with the secret.

    https://docs.svix.com/receiving/verifying-payloads/how-manual — its limit on age is not needed here: whoever plays
    a webhook back tells us an event that we have, and it counts once.
    """
    headers = {name.lower(): value for name, value in hook.headers.items()}
    message_id, timestamp = headers.get("svix-id", ""), headers.get("svix-timestamp", "")
    # Only whole seconds are signed.
    seconds = timestamp.partition(".")[0]
    try:
        key = b64decode(secret.removeprefix("whsec_"))
    except ValueError:
        raise Unproved("The signing secret in the settings is none.") from None
    expected = b64encode(hmac.digest(key, f"{message_id}.{seconds}.".encode() + hook.body, sha256)).decode()
    given = [one.removeprefix("v1,") for one in headers.get("svix-signature", "").split() if one.startswith("v1,")]
    if not any(hmac.compare_digest(expected, one) for one in given):
        raise Unproved("The signature is wrong.")


def verify_password(hook: Hook, passwords: tuple[str, ...]) -> None:
    """HTTP Basic (RFC 7617); any of the passwords will do, so that they can be changed without a gap."""
    given = next((value for name, value in hook.headers.items() if name.lower() == "authorization"), "")
    scheme, _, rest = given.partition(" ")
    try:
        pair = b64decode(rest) if scheme.lower() == "basic" else b""
    except ValueError:
        pair = b""
    if not any(hmac.compare_digest(pair, one.encode()) for one in passwords):
        raise Unproved("User name or password is missing or wrong.")
