"""The row of figures on a report: each rate with its base, the people behind it, and what is usual."""

from typing import Any

from django.utils.translation import gettext as _

from campaigns.queries.comparison import Rate, Rates

# Rates of those who were tried; the others are of those delivered.
_OF_TRIED = ("delivered", "bounced")


def figure_list(rates: Rates, *, is_early: bool) -> list[dict[str, Any]]:
    """For the row of figures: what is better goes up, except where less is better."""
    rows: list[tuple[str, Rate, str, str, bool]] = [
        (_("Delivered"), rates.delivered, "delivered", "", True),
        (_("Opened"), rates.opened, "opened", _("without privacy proxies"), True),
        (_("Clicked"), rates.clicked, "clicked", _("without scanners"), True),
        (_("Unsubscribed"), rates.unsubscribed, "unsubscribed", "", False),
        (_("Bounced"), rates.bounced, "bounced", _("refused or sent back"), False),
        (_("Reported as spam"), rates.complained, "complained", _("best below 0.1%"), False),
    ]
    return [
        {
            "label": label,
            "rate": rate,
            "which": which,
            "note": note,
            "base": _base(rate, is_of_tried=which in _OF_TRIED),
            "change": "" if is_early else _change(rate.change),
            "direction": _direction(rate.change, more_is_better=more_is_better),
            "usual": rate.usual if is_early else None,
            "trend": rate.trend if len(rate.trend) > 1 and not is_early else [],
        }
        for label, rate, which, note, more_is_better in rows
    ]


def _base(rate: Rate, *, is_of_tried: bool) -> str:
    if not rate.whole:
        return _("nobody yet")
    numbers = {"people": f"{rate.people:,}", "whole": f"{rate.whole:,}"}
    return (_("%(people)s of %(whole)s tried") if is_of_tried else _("%(people)s of %(whole)s delivered")) % numbers


def _change(points: float | None) -> str:
    if points is None:
        return ""
    if abs(points) < 0.05:
        return _("as usual")
    sign = "+" if points > 0 else "−"
    return f"{sign}{abs(points):.1f} pt"


def _direction(points: float | None, *, more_is_better: bool) -> str:
    if points is None or abs(points) < 0.05:
        return ""
    return "up" if (points > 0) == more_is_better else "down"
