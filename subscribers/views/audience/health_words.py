"""How the health of lists reads: causes, sources, findings and the forecast."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deliverability.types import SuppressionReason
from subscribers.rules.health import Finding, Forecast, Lost, Span, Won
from subscribers.types import MailingTitle

Words = str | Promise
WON: dict[Won, Words] = {
    Won.BY_THEMSELVES: gettext_lazy("Signed up by themselves"),
    Won.BY_IMPORT: gettext_lazy("Imported"),
    Won.BY_API: gettext_lazy("Through the API and other ways"),
    Won.BY_HAND: gettext_lazy("Added by hand"),
    Won.CAME_BACK: gettext_lazy("Came back: a suppression was lifted"),
}
LOST: dict[Lost, Words] = {
    Lost.UNSUBSCRIBED: gettext_lazy("Unsubscribed"),
    Lost.COMPLAINED: gettext_lazy("Reported a mail as spam"),
    Lost.HARD_BOUNCED: gettext_lazy("Bounced: the mailbox does not exist"),
    Lost.SOFT_BOUNCED: gettext_lazy("Kept bouncing: full or out of order"),
    Lost.FELL_SILENT: gettext_lazy("Silent for long, by the sunset policy"),
    Lost.TAKEN_OUT: gettext_lazy("Taken out by the team or a policy"),
}
# Whom the ledger names; the others stand among the suppressions, by their reason.
IN_LEDGER = (Won.BY_THEMSELVES, Won.BY_IMPORT, Won.BY_API, Won.BY_HAND, Lost.UNSUBSCRIBED)
AMONG_SUPPRESSIONS: dict[Lost, SuppressionReason] = {
    Lost.COMPLAINED: SuppressionReason.COMPLAINT,
    Lost.HARD_BOUNCED: SuppressionReason.HARD_BOUNCE,
    Lost.SOFT_BOUNCED: SuppressionReason.SOFT_BOUNCE,
    Lost.FELL_SILENT: SuppressionReason.SUNSET,
}


class Sentence(NamedTuple):
    """`kind` is the note's: ok, warn or bad; `place` the URL name of what to look at next."""

    kind: str
    title: Words
    text: Words
    place: str = ""
    action: Words = ""


# What each finding says; `why` is the cause that most of the losses have, in a sentence of its own.
_SAID: dict[Finding, Sentence] = {
    Finding.SHRINKING: Sentence(
        "warn",
        gettext_lazy("You lost more people than you won in %(losing)s of the last %(weeks)s weeks"),
        gettext_lazy("%(lost)s went and %(singly)s came, imports left out.%(why)s"),
    ),
    Finding.GROWING: Sentence(
        "ok",
        gettext_lazy("You win more people than you lose"),
        gettext_lazy("%(singly)s came and %(lost)s went in four weeks, imports left out.%(why)s"),
    ),
    Finding.STEADY: Sentence(
        "",
        gettext_lazy("Nobody came and nobody went in four weeks"),
        gettext_lazy("A sign-up page is how people find in."),
        "lists",
        gettext_lazy("Lists"),
    ),
    Finding.COMPLAINING: Sentence(
        "bad",
        gettext_lazy("%(complained)s people reported your mail as spam"),
        gettext_lazy(
            "That is more than one in a thousand, from where on mailbox providers put mail aside. "
            "Look at what they got, and how they came to the list."
        ),
        "suppressions",
        gettext_lazy("Suppressions"),
    ),
    Finding.BOUNCING: Sentence(
        "bad",
        gettext_lazy("%(bounced)s addresses bounced for good in four weeks"),
        gettext_lazy("Old or bought addresses do that. Look at which import they came with."),
        "bounces",
        gettext_lazy("Bounces"),
    ),
    Finding.ONE_CAUSE: Sentence("warn", gettext_lazy("Most losses have one cause"), "%(why)s"),
    Finding.IMPORTED: Sentence(
        "",
        gettext_lazy("Most newcomers were imported"),
        gettext_lazy("%(imported)s of %(won)s in four weeks. The forecast leaves imports out: they come once."),
        "imports",
        gettext_lazy("Imports"),
    ),
    Finding.SLEEPING: Sentence(
        "warn",
        gettext_lazy("Only %(share)s %% of those who let you see it clicked or opened a mail in 90 days"),
        gettext_lazy(
            "Mailbox providers notice. A sunset policy writes less to those who do not react, and stops in the end."
        ),
        "sunset",
        gettext_lazy("Sunset policy"),
    ),
}


def sentences(
    found: Sequence[Finding], weeks: Sequence[Span], *, seen: int, active: int, worst: tuple[MailingTitle, int] | None
) -> list[Sentence]:
    """`worst` is the campaign after which most left, and how many those were."""
    counts = _counts(weeks[-4:], worst) | {"share": f"{100 * active / seen:.0f}" if seen else "0"}
    said = [_SAID[finding] for finding in found]
    return [one._replace(title=one.title % counts, text=(one.text % counts).strip()) for one in said]


def _counts(weeks: Sequence[Span], worst: tuple[MailingTitle, int] | None) -> dict[str, str]:
    lost = {kind: sum(week.lost[kind] for week in weeks) for kind in Lost}
    all_lost = sum(week.all_lost for week in weeks)
    cause = max(lost, key=lambda kind: lost[kind])
    counts = {
        "singly": sum(week.all_won_singly for week in weeks),
        "won": sum(week.all_won for week in weeks),
        "imported": sum(week.won[Won.BY_IMPORT] for week in weeks),
        "lost": all_lost,
        "complained": lost[Lost.COMPLAINED],
        "bounced": lost[Lost.HARD_BOUNCED] + lost[Lost.SOFT_BOUNCED],
        "losing": sum(week.net_singly < 0 for week in weeks),
        "weeks": len(weeks),
    }
    words = {name: f"{count:,}" for name, count in counts.items()}
    return {**words, "why": _most(lost[cause], all_lost, LOST[cause], worst)}


def forecast_words(found: Forecast | None) -> str:
    if found is None:
        return _("It takes six whole weeks to tell where this goes.")
    values = {"low": f"{found.low:,}", "high": f"{found.high:,}", "weeks": found.weeks}
    return (
        _("between %(low)s and %(high)s, 8 times in 10, if it goes on as in the last %(weeks)s weeks; without imports")
        % values
    )


def _most(people: int, of: int, cause: Words, worst: tuple[MailingTitle, int] | None) -> str:
    if not people:
        return ""
    share = {"n": f"{people:,}", "of": f"{of:,}", "cause": str(cause)}
    words = " " + _("Most of the losses: “%(cause)s”, %(n)s of %(of)s.") % share
    if worst and worst[1] >= 3:
        after = {"campaign": worst[0].name, "n": f"{worst[1]:,}"}
        words += " " + _("After “%(campaign)s” alone %(n)s people left.") % after
    return words


def growth_summary(weeks: Sequence[Span]) -> str:
    """What the chart of weeks shows, in a sentence."""
    if not weeks:
        return _("No whole week has been counted yet.")
    won, lost = sum(week.all_won for week in weeks), sum(week.all_lost for week in weeks)
    losing = sum(week.net < 0 for week in weeks)
    head = ngettext("In %(n)s week", "In %(n)s weeks", len(weeks)) % {"n": len(weeks)}
    return _("%(head)s %(won)s people came and %(lost)s went; %(losing)s of them lost more than they won.") % {
        "head": head,
        "won": f"{won:,}",
        "lost": f"{lost:,}",
        "losing": losing,
    }
