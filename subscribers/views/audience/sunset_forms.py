"""The sunset policy as a form: one row for each pace, one choice for each list, and what comes before any step."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy

from subscribers.rules.sunset import NEVER, PACES, USUAL, Pace, Policy

PACE_NAMES = {
    "daily": gettext_lazy("Daily"),
    "weekly": gettext_lazy("Weekly"),
    "monthly": gettext_lazy("Monthly or less"),
}
PACE_CHOICES = [*PACE_NAMES.items(), (NEVER, gettext_lazy("Leave alone"))]
DAYS = {
    "reduce_days": gettext_lazy("Fewer mails after"),
    "gap_days": gettext_lazy("then one every"),
    "win_back_days": gettext_lazy("Win back after"),
    "win_back_gap_days": gettext_lazy("then one every"),
    "suppress_days": gettext_lazy("Suppress after"),
}
_LONGEST = 1_500


def days_field(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=_LONGEST, **options)


class PaceRow(NamedTuple):
    name: Any
    fields: list[BoundField]


class SunsetForm(forms.Form):
    """`lists` are pairs of id and name; `policy` is what stands."""

    is_on = forms.TypedChoiceField(
        label=gettext_lazy("What it does"),
        coerce=lambda given: given == "on",
        choices=[
            ("advice", gettext_lazy("Only advise: it shows whom each step would concern, and nothing follows")),
            ("on", gettext_lazy("Act every night")),
        ],
        widget=forms.RadioSelect,
    )
    least_mails = forms.IntegerField(
        label=gettext_lazy("Mails before any step"),
        min_value=5,
        max_value=20,
        help_text=gettext_lazy("So many must have reached somebody since they last reacted, whatever the days say."),
    )
    win_back_mails = forms.IntegerField(
        label=gettext_lazy("Mails that win back"),
        min_value=1,
        max_value=5,
        help_text=gettext_lazy("Nobody is suppressed before so many asked them."),
    )
    never_win_back_days = days_field(gettext_lazy("Never reacted at all: win back after days"))
    never_suppress_days = days_field(gettext_lazy("Never reacted at all: suppress after days"))
    never_mails = forms.IntegerField(
        label=gettext_lazy("Never reacted at all: mails before any step"),
        min_value=5,
        max_value=20,
        help_text=gettext_lazy("The greater of this and the number for everybody counts."),
    )
    buyer_days = forms.IntegerField(label=gettext_lazy("Leave buyers alone for days"), min_value=0, max_value=_LONGEST)
    purchases = forms.CharField(
        label=gettext_lazy("What counts as buying"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Names of activities, with commas between them."),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, policy: Policy, lists: Sequence[tuple[int, str]]) -> None:
        super().__init__(data, initial=_initial(policy, lists))
        self.lists = list(lists)
        for name in PACES:
            for day, label in DAYS.items():
                field = days_field(label)
                field.widget.attrs |= {"class": "input days", "aria-label": f"{PACE_NAMES[name]}: {label} (days)"}
                self.fields[f"{name}-{day}"] = field
        for list_id, list_name in self.lists:
            choice = forms.ChoiceField(label=list_name, choices=PACE_CHOICES)
            choice.widget.attrs |= {"class": "input", "aria-label": list_name}
            self.fields[f"list-{list_id}"] = choice

    def guards(self) -> Iterator[BoundField]:
        names = (
            "least_mails",
            "win_back_mails",
            "never_mails",
            "never_win_back_days",
            "never_suppress_days",
            "buyer_days",
            "purchases",
        )
        return (self[name] for name in names)

    def paces(self) -> list[PaceRow]:
        return [PaceRow(label, [self[f"{name}-{day}"] for day in DAYS]) for name, label in PACE_NAMES.items()]

    def list_field(self, list_id: int) -> BoundField:
        return self[f"list-{list_id}"]

    def policy(self) -> Policy:
        """What was given, for a form that is valid."""
        given = self.cleaned_data
        plain = (
            "is_on",
            "least_mails",
            "win_back_mails",
            "never_mails",
            "never_win_back_days",
            "never_suppress_days",
            "buyer_days",
        )
        return Policy(
            **{name: given[name] for name in plain},
            purchases=tuple(part.strip() for part in given["purchases"].split(",") if part.strip()),
            paces={name: Pace(**{day: given[f"{name}-{day}"] for day in DAYS}) for name in PACES},
            lists={list_id: given[f"list-{list_id}"] for list_id, _name in self.lists},
        )


def _initial(policy: Policy, lists: Sequence[tuple[int, str]]) -> dict[str, Any]:
    return {
        **asdict(policy),
        "is_on": "on" if policy.is_on else "advice",
        "purchases": ", ".join(policy.purchases),
        **{f"{name}-{day}": days for name, pace in policy.paces.items() for day, days in asdict(pace).items()},
        **{f"list-{list_id}": policy.lists.get(list_id, USUAL) for list_id, _name in lists},
    }
