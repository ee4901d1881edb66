"""Judges an address as a person would: not only whether mail can go there, but whether somebody meant it."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from subscribers.rules.address_data import ROLES
from subscribers.rules.addresses import check_address
from subscribers.rules.disposable import is_disposable
from subscribers.rules.slips import meant_domain


class Risk(StrEnum):
    """Why an address that is written well may still do harm; the order is that in which they are looked for.

    Lists of mailboxes for one use name many slips too, which trap networks own; yet whoever typed one meant well.
    """

    TYPO = "typo"
    DISPOSABLE = "disposable"
    ROLE = "role"


class Judgement(NamedTuple):
    """`address` is the form to keep, empty where none can be; `reason` tells of a refusal or of the risk in words."""

    accepted: bool
    address: str = ""
    reason: str = ""
    suggestion: str = ""
    risk: Risk | None = None


def judge_address(text: str) -> Judgement:
    """Without the network. A slip and a role account are accepted and told of; mailboxes for one use are refused."""
    verdict = check_address(text)
    if not verdict.address:
        return Judgement(accepted=False, reason=verdict.reason, suggestion=_mended(text))
    local, _, domain = verdict.address.rpartition("@")
    risk = risk_of(verdict.address)
    if risk is Risk.DISPOSABLE:
        return Judgement(False, verdict.address, f"{domain} gives out disposable mailboxes, for one use.", "", risk)
    if risk is Risk.TYPO:
        meant = meant_domain(domain)
        listed = " Lists of disposable mailboxes name it too." if is_disposable(domain) else ""
        reason = f"{domain} looks like a slip of {meant}.{listed}"
        return Judgement(True, verdict.address, reason, f"{local}@{meant}", risk)
    if risk is Risk.ROLE:
        reason = f"{local}@ is a role account: nobody signs up as one, and several people may read it."
        return Judgement(True, verdict.address, reason, "", risk)
    return Judgement(accepted=True, address=verdict.address)


def risk_of(address: str) -> Risk | None:
    """The first risk of an address that `check_address` gave back; some microseconds for a domain met before."""
    local, _, domain = address.rpartition("@")
    return _risk_of_domain(domain) or (Risk.ROLE if is_role(local) else None)


@lru_cache(maxsize=20_000)
def _risk_of_domain(domain: str) -> Risk | None:
    if meant_domain(domain):
        return Risk.TYPO
    return Risk.DISPOSABLE if is_disposable(domain) else None


def is_role(local: str) -> bool:
    """What stands behind a + names a folder of the same mailbox (RFC 5233)."""
    name = local.partition("+")[0]
    if name in ROLES or _NO_REPLY.search(name):
        return True
    parts = [part.rstrip("0123456789") for part in _PARTING.split(name)]
    return any(parts) and all(not part or part in ROLES for part in parts)


def _mended(text: str) -> str:
    """What the text may have been meant to be, where one small repair makes an address of it."""
    bare = re.sub(
        r"^(mailto:|smtp:)|[\s\u00a0\u200b\ufeff<>\"',;:]+$|^[\s\u00a0\u200b\ufeff<>\"']+", "", text, flags=re.I
    )
    bare = re.sub(r"\s*(\(at\)|\[at\]|\{at\}| at )\s*", "@", bare, flags=re.I)
    bare = re.sub(r"\s*(\(dot\)|\[dot\])\s*", ".", bare, flags=re.I)
    local, at, domain = re.sub(r"\s+", "", bare).rpartition("@")
    if not at or not local or "@" in local:
        return ""
    domain = re.sub(r"\.{2,}", ".", domain.lower().replace(",", ".").replace(";", ".")).strip(".")
    local = re.sub(r"\.{2,}", ".", local).strip(".")
    for guess in (domain, _WITHOUT_DOT.get(domain, "")):
        address = check_address(f"{local}@{guess}").address if guess else ""
        if address:
            meant = meant_domain(address.rpartition("@")[2])
            return f"{local.lower()}@{meant}" if meant else address
    return ""


_NO_REPLY = re.compile(r"(^|[._-])no[._-]?reply([._-]|$)")
_PARTING = re.compile(r"[._-]")
_WITHOUT_DOT = {
    slip: f"{name}.{ending}"
    for name, ending in (("gmail", "com"), ("hotmail", "com"), ("yahoo", "com"), ("outlook", "com"), ("icloud", "com"))
    for slip in (name, f"{name}{ending}")
}
