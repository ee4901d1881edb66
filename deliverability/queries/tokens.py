"""Signs and reads the tokens of links and return paths with this installation's key."""

from dataclasses import dataclass
from hmac import compare_digest

from deliverability import conf
from deliverability.rules import tokens


@dataclass(frozen=True, slots=True)
class Addressed:
    """Whom a token speaks of: one recipient of one mailing."""

    mailing_id: int
    recipient_id: int


def sign(mailing_id: int, recipient_id: int) -> str:
    """The 24 characters that stand for this recipient of this mailing in every URL of the mail."""
    return tokens.sign_token(conf.link_key(), mailing_id, recipient_id)


def read(token: str) -> Addressed | None:
    """None for a token that this installation did not sign."""
    found = tokens.read_token(conf.link_key(), token)
    return Addressed(*found) if found else None


def sign_target(token: str, url: str) -> str:
    return tokens.sign_target(conf.link_key(), token, url)


def is_our_target(token: str, mac: str, url: str) -> bool:
    """Whether this installation put the URL into the mail that the token stands for."""
    return mac.isascii() and compare_digest(sign_target(token, url), mac)
