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
    title: str
    text: str
    place: str = ""
    action: str = ""


def sentences(
    found: Sequence[Finding], weeks: Sequence[Span], *, seen: int, active: int, worst: tuple[MailingTitle, int] | None
) -> list[Sentence]:
    """`worst` is the campaign after which most left, and how many those were."""
    last = weeks[-4:]
    won, lost = sum(week.all_won for week in last), sum(week.all_lost for week in last)
    causes = {kind: sum(week.lost[kind] for week in last) for kind in Lost}
    cause = max(causes, key=lambda kind: causes[kind])
    singly = sum(week.all_won_singly for week in last)
    counts = {
        "won": f"{singly:,}",
        "lost": f"{lost:,}",
        "weeks": sum(week.net_singly < 0 for week in last),
        "all": len(last),
    }
    why = _most(causes[cause], lost, LOST[cause], worst)
    bounced = causes[Lost.HARD_BOUNCED] + causes[Lost.SOFT_BOUNCED]
    imported = sum(week.won[Won.BY_IMPORT] for week in last)
    share = {"share": f"{100 * active / seen:.0f}" if seen else "0"}
    spoken = {
        Finding.SHRINKING: lambda: Sentence(
            "warn",
            _("You lost more people than you won in %(weeks)s of the last %(all)s weeks") % counts,
            _("%(lost)s went and %(won)s came, imports left out.") % counts + why,
        ),
        Finding.GROWING: lambda: Sentence(
            "ok",
            _("You win more people than you lose"),
            _("%(won)s came and %(lost)s went in four weeks, imports left out.") % counts + why,
        ),
        Finding.STEADY: lambda: Sentence(
            "",
            _("Nobody came and nobody went in four weeks"),
            _("A sign-up page is how people find in."),
            "lists",
            _("Lists"),
        ),
        Finding.COMPLAINING: lambda: Sentence(
            "bad",
            _("%(n)s people reported your mail as spam") % {"n": f"{causes[Lost.COMPLAINED]:,}"},
            _(
                "That is more than one in a thousand, from where on mailbox providers put mail aside. "
                "Look at what they got, and how they came to the list."
            ),
            "suppressions",
            _("Suppressions"),
        ),
        Finding.BOUNCING: lambda: Sentence(
            "bad",
            _("%(n)s addresses bounced for good in four weeks") % {"n": f"{bounced:,}"},
            _("Old or bought addresses do that. Look at which import they came with."),
            "bounces",
            _("Bounces"),
        ),
        Finding.ONE_CAUSE: lambda: Sentence("warn", _("Most losses have one cause"), why.strip()),
        Finding.IMPORTED: lambda: Sentence(
            "",
            _("Most newcomers were imported"),
            _("%(n)s of %(won)s in four weeks. The forecast leaves imports out: they come once.")
            % {"n": f"{imported:,}", "won": f"{won:,}"},
            "imports",
            _("Imports"),
        ),
        Finding.SLEEPING: lambda: Sentence(
            "warn",
            _("Only %(share)s %% of those who let you see it clicked or opened a mail in 90 days") % share,
            _("Mailbox providers notice. A sunset policy writes less to those who do not react, and stops in the end."),
            "sunset",
            _("Sunset policy"),
        ),
    }
    return [spoken[finding]() for finding in found]


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
