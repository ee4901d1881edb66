"""What the setup page offers beside the list: more lists, segments, and both to leave out."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from subscribers.queries.consent.choices import ListChoice, list_choices, segment_choices


@dataclass(frozen=True, slots=True)
class Pick:
    """Any number of one kind of choices. `chosen` are ids, `said` their names."""

    field: str
    title: str | Promise
    hint: str | Promise
    none: str | Promise
    choices: list[ListChoice]
    chosen: list[int]

    @property
    def said(self) -> str:
        return ", ".join(choice.name for choice in self.choices if choice.id in self.chosen)


# Field, title, hint, and what stands there while nothing is chosen.
_PICKS: tuple[tuple[str, str | Promise, str | Promise, str | Promise], ...] = (
    (
        "more_lists",
        _("Also to"),
        _("Whoever is subscribed to one of the lists may get it. Each copy names the list that lets its reader in."),
        _("no other list"),
    ),
    (
        "segments",
        _("Only people in"),
        _("A segment narrows, it permits nothing: people still need a subscription to one of the lists."),
        _("everybody on the lists"),
    ),
    (
        "without_lists",
        _("Without subscribers of"),
        _("Whoever is subscribed to one of these is left out."),
        _("nobody"),
    ),
    ("without_segments", _("Without people in"), _("Whoever is in one of these is left out."), _("nobody")),
)
FIELDS = tuple(field for field, *_rest in _PICKS)


def picks(campaign: Campaign) -> list[Pick]:
    """Two queries. What is chosen and gone since is not offered, and is said by the checklist."""
    lists, segments = list_choices(), segment_choices()
    offered = {"more_lists": [each for each in lists if each.id != campaign.mailing_list_id], "without_lists": lists}
    found = [
        Pick(field, title, hint, none, offered.get(field, segments), getattr(campaign, field))
        for field, title, hint, none in _PICKS
    ]
    return [pick for pick in found if pick.choices or pick.chosen]


def read_picks(text: str, field: str) -> list[int]:
    """`2,5` as the page sends it, each once and only what is on offer."""
    offered = {each.id for each in (segment_choices() if "segment" in field else list_choices())}
    given = [int(part) for part in text.split(",") if part.strip().isdecimal()]
    return [each for each in dict.fromkeys(given) if each in offered]


def posted_picks(data: Any) -> dict[str, str]:
    """A page without script sends each choice by itself, and an empty one besides."""
    return {field: ",".join(filter(None, data.getlist(field))) for field in FIELDS if field in data}
