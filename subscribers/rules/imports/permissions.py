"""Reads from a row's own columns whether its person agreed, declined, or left it open."""

import re
from enum import IntEnum
from functools import lru_cache

from subscribers.rules.imports.headers import fold
from subscribers.rules.imports.words import NO


class Permission(IntEnum):
    """What a row itself says about mail. Ordered: of several rows of one address the greatest counts."""

    AS_STATED = 0
    UNSTATED = 1
    DECLINED = 2


_AGREED_WORDS = frozenset(
    {"subscribed", "active", "enabled", "confirmed", "optin", "verified", "agreed", "granted", "abonniert", "aktiv"}
    | {"actif"}
)
_DECLINED = re.compile(
    r"unsub|opt(ed)? ?out|cleaned|bounce|complain|spam|block|black|suppress|disabled|inactive|removed|deleted|declin"
    r"|revoked|withdrawn|abgemeldet|gesperrt|inaktiv|desabonne|desinscri|baja|cancelad|disiscri|cancellat|uitgeschreven"
)
_UNSTATED = re.compile(
    r"pending|unconfirmed|never|not sub|non sub|nonsub|not opt|transactional|invited|unbestatigt|en attente"
)


@lru_cache(maxsize=4096)
def opt_out_says(text: str) -> Permission:
    """A column of those who left: yes, a date or a word means that this person did."""
    return Permission.AS_STATED if fold(text) in NO else Permission.DECLINED


@lru_cache(maxsize=4096)
def consent_says(text: str) -> Permission:
    """A column of those who agreed: an empty cell is nobody's yes, and nobody's no either."""
    folded = fold(text)
    if not folded:
        return Permission.UNSTATED
    if _UNSTATED.search(folded):
        return Permission.UNSTATED
    if folded in NO or _DECLINED.search(folded):
        return Permission.DECLINED
    return Permission.AS_STATED


@lru_cache(maxsize=4096)
def status_says(text: str) -> Permission:
    """A column named just "status" may speak of other things, such as gold customers: only known words count."""
    folded = fold(text)
    if folded in _AGREED_WORDS:
        return Permission.AS_STATED
    if _UNSTATED.search(folded):
        return Permission.UNSTATED
    return Permission.DECLINED if _DECLINED.search(folded) else Permission.AS_STATED
