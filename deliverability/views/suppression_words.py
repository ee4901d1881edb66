"""How suppressions read on screens and in files: reasons, and what each scope holds back."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliverability.queries.streams import stream_names
from deliverability.services.topics import topic_names
from deliverability.types import Scope, SuppressionReason

Words = str | Promise
# Name, badge kind, and what it means in plain words.
REASONS: dict[str, tuple[Words, str, Words]] = {
    SuppressionReason.HARD_BOUNCE: (
        gettext_lazy("Bounced"),
        "bad",
        gettext_lazy("Their server said that the mailbox does not exist. You may lift it if you know better."),
    ),
    SuppressionReason.SOFT_BOUNCE: (
        gettext_lazy("Kept bouncing"),
        "warn",
        gettext_lazy("Their mailbox was full or out of order again and again. It ends by itself on the day it says."),
    ),
    SuppressionReason.COMPLAINT: (
        gettext_lazy("Complained"),
        "bad",
        gettext_lazy(
            "They reported a mail as spam. Who manages delivery may lift it if they ask for it, but never at iCloud: "
            "Apple forbids it."
        ),
    ),
    SuppressionReason.UNSUBSCRIBE: (
        gettext_lazy("Left everything"),
        "",
        gettext_lazy("They unsubscribed from all marketing mail. Only they can come back, by signing up."),
    ),
    SuppressionReason.MANUAL: (
        gettext_lazy("By the team"),
        "warn",
        gettext_lazy("A colleague took the address out and said why. You may lift it."),
    ),
    SuppressionReason.ROLE_ACCOUNT: (
        gettext_lazy("Role account"),
        "warn",
        gettext_lazy("Mailboxes such as abuse@ belong to a function, and nobody signs up with them. Your policy says."),
    ),
    SuppressionReason.TRAP_DOMAIN: (
        gettext_lazy("Likely a trap"),
        "warn",
        gettext_lazy("Misspelt or throw-away domains, where nobody reads and blocklists listen. Your policy says."),
    ),
    SuppressionReason.ERASURE: (
        gettext_lazy("Erased"),
        "",
        gettext_lazy("They asked to be forgotten. Only a keyed hash remains, so that no import brings them back."),
    ),
    SuppressionReason.SUNSET: (
        gettext_lazy("Silent for long"),
        "",
        gettext_lazy("They did not react for months, as your sunset policy has it. It ends when they act again."),
    ),
}
SCOPES: dict[str, Words] = {
    Scope.EVERYTHING: gettext_lazy("All mail"),
    Scope.MARKETING: gettext_lazy("Marketing mail"),
    Scope.TRANSACTIONAL: gettext_lazy("Transactional mail"),
}
Reach = tuple[Scope, int]


def reaches() -> dict[str, Words]:
    """Everything that can be held back, by the word that a form sends for it: `marketing`, `stream:3`, `topic:7`."""
    streams = {f"{Scope.STREAM}:{key}": _("Stream “%s”") % name for key, name in stream_names().items()}
    topics = {f"{Scope.TOPIC}:{key}": _("List “%s”") % name for key, name in topic_names().items()}
    return {**SCOPES, **streams, **topics}


def read_reach(text: str) -> Reach | None:
    """What a form's word means; None where it means nothing."""
    scope, _colon, key = text.partition(":")
    if scope not in set(Scope) or (scope not in SCOPES) != bool(key):
        return None
    if key and not (key.isdecimal() and len(key) < 19):
        return None
    return Scope(scope), int(key or 0)


def reach_word(scope: str, target: int) -> str:
    return f"{scope}:{target}" if target else scope
