"""What the demo prints at its end: the outcome in a few lines, and where to look around."""

from rich.console import Console
from rich.table import Table

from config.demo.programs import Ports
from config.demo.report import Outcome
from deliverability.types import EventKind
from subscribers.types import ExclusionReason

_WHY = {
    ExclusionReason.UNSUBSCRIBED: "unsubscribed",
    ExclusionReason.UNCONFIRMED: "not confirmed",
    ExclusionReason.CONSENT_EXPIRED: "consent expired",
    ExclusionReason.SUPPRESSED: "suppressed",
    ExclusionReason.RESTRICTED: "restricted",
    ExclusionReason.PAUSED: "paused",
}


def print_outcome(console: Console, outcome: Outcome) -> None:
    console.print(f"\n[bold]{outcome.campaign.name}[/]", highlight=False)
    for number, words in _lines(outcome):
        console.print(f"{number:>9}  {words}", highlight=False, soft_wrap=True)
    if outcome.copies:
        why = "the sending was interrupted between a mail and the answer to it"
        console.print(f"{outcome.copies:>9,}  arrived twice, with one Message-ID: {why}", soft_wrap=True)
    console.print()
    for each in outcome.sums:
        mark = "[green]✓[/]" if each.adds_up else "[red]✗[/]"
        numbers = f"{each.left:,} = {each.right:,}" if each.adds_up else f"{each.left:,} ≠ {each.right:,}"
        console.print(f"{mark} {each.left_name} = {each.right_name}: {numbers}", highlight=False, soft_wrap=True)


def print_addresses(console: Console, ports: Ports, login: tuple[str, str]) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2))
    table.add_row("Web admin", f"{ports.web_url}/")
    table.add_row("  sign in as", f"{login[0]}  {login[1]}")
    table.add_row("Mailbox", f"{ports.mailbox_url}/")
    table.add_row("Sign-up form", f"{ports.web_url}/s/newsletter")
    console.print()
    console.print(table, highlight=False)


def _lines(outcome: Outcome) -> list[tuple[str, str]]:
    count = outcome.count
    excluded = outcome.campaign.excluded
    reasons = ", ".join(f"{number:,} {_WHY[reason]}" for reason, number in excluded.items())
    failed = count(EventKind.FAILED)
    return [
        (f"{outcome.campaign.audience or 0:,}", "people in the audience"),
        (f"{sum(excluded.values()):,}", f"left out: {reasons}"),
        (f"{count(EventKind.ACCEPTED):,}", "accepted"),
        (f"{outcome.pace.retried:,}", "deferred at first, retried and accepted"),
        (f"{failed:,}", f"failed, of which {outcome.suppressed:,} bounced for good and are suppressed"),
        (f"{count(EventKind.SKIPPED):,}", "skipped at dispatch"),
        (f"{count(EventKind.OPENED):,}", "opens, mail proxies included"),
        (f"{count(EventKind.CLICKED):,}", "clicks"),
        (f"{outcome.unsubscribed:,}", "unsubscribed with one click"),
        (f"{outcome.pace.fastest:,}", "messages in the fastest second"),
        (f"{outcome.pace.overall:,.0f}", "messages a second from first to last, pauses before retries included"),
    ]
