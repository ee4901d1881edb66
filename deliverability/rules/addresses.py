"""Addresses as the engine compares them: one normal form, one keyed hash."""

import hmac

ADDRESS_KEY_BYTES = 16


def normalise_address(address: str) -> str:
    """Lower case, IDNA domain: two spellings that reach one mailbox become one string.

    RFC 5321 lets the local part be case-sensitive, but no mailbox provider of note uses that, and a suppression
    that a capital letter could slip past would protect nobody.
    """
    local, at, domain = address.strip().rpartition("@")
    domain = domain.rstrip(".").lower()
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError:
            pass
    return f"{local.lower()}{at}{domain}"


def address_key(secret: bytes, address: str) -> bytes:
    """16 bytes of HMAC-SHA-256: recognises an erased address without keeping it."""
    return key_of_normal_form(secret, normalise_address(address))


def key_of_normal_form(secret: bytes, address: str) -> bytes:
    """As `address_key`, for an address that `normalise_address` would not change."""
    return hmac.digest(secret, address.encode(), "sha256")[:ADDRESS_KEY_BYTES]
