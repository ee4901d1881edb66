"""Reads from a row's own columns whether its person agreed, declined, or left it open."""

from enum import IntEnum
from functools import lru_cache

from subscribers.rules.imports.headers import fold, pattern_of
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
# The words of the products: "cleaned" (Mailchimp), "unreachable" (Keila), "blocklisted" (listmonk), "complained" (Kit),
# "archived" and "removed" (Pipedrive, GetResponse), "U" and "B" (WordPress).
_DECLINED = pattern_of(
    r"un ?sub|^not (currently )?subscribed|opt(ed|s)? ?outs?\b|optout|cleaned|bounce|complain|spam|junk|block|black"
    r"|suppress|disabled"
    r"|inactive|removed|deleted|declin|revoked|withdrawn|withdrew|cancel|unreachable|undeliver|invalid|archived"
    r"|do not|dont|excluded|stopped|quarantin|banned|refus|reject|no consent|no permission given"
    r"|abgemeldet|abbestellt|gesperrt|inaktiv|deaktiv|widerruf|desabonne|desinscri|refuse|inactif|baja|cancelad|inactiv"
    r"|descadastr|disiscri|cancellat|inattivo|uitgeschreven|afgemeld|avregistr|avmeldt|afmeldt|wypisan|nieaktywn|odhlas"
    r"|leiratk|dezabon|peruut|отпис|відпис|退订|退訂|配信停止|解除|수신거부|수신 거부|해지|^[ub]$"
)
_UNSTATED = pattern_of(
    r"pending|unconfirmed|not confirmed|never|not sub|non sub|nonsub|not opt|transactional|invited|awaiting|waiting"
    r"|non marketing|no permissions? set|unknown|unverified|not verified|not set|validating|temporary hold"
    r"|unbestatigt|ausstehend"
    r"|en attente|non confirme|pendiente|sin confirmar|in attesa|non confermat|in afwachting|oczekuj|не подтвержд"
)


@lru_cache(maxsize=4096)
def opt_out_says(text: str) -> Permission:
    """A column of those who left: yes, a date or a word means that this person did."""
    folded = fold(text)
    # A column such as "Unsubscribe status" may hold a state instead of a yes.
    return Permission.AS_STATED if folded in NO or folded in _AGREED_WORDS else Permission.DECLINED


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
def confirmed_says(text: str) -> Permission:
    """A column of those who confirmed: whoever did not has never said no."""
    return Permission.UNSTATED if fold(text) in NO else consent_says(text)


@lru_cache(maxsize=4096)
def status_says(text: str) -> Permission:
    """A column named just "status" may speak of other things, such as gold customers: only known words count."""
    folded = fold(text)
    if folded in _AGREED_WORDS:
        return Permission.AS_STATED
    if _UNSTATED.search(folded):
        return Permission.UNSTATED
    return Permission.DECLINED if _DECLINED.search(folded) else Permission.AS_STATED


def speaks_of_permission(text: str) -> bool:
    """Whether the cell holds a word that a status of a subscription is told in."""
    folded = fold(text)
    return folded in _AGREED_WORDS or bool(_UNSTATED.search(folded) or _DECLINED.search(folded))
