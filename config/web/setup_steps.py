"""How far the first set-up has come, told by what is there: whoever closes the page goes on where they were."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.queries.team import is_founded
from deliverability.models import Stream
from deliverability.types import StreamKind

TITLES: dict[str, str | Promise] = {
    "setup-owner": _("You"),
    "setup-organisation": _("Your organisation"),
    "setup-sending": _("Sending"),
    "setup-trial": _("A test mail"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of the progress line."""

    number: int
    title: str | Promise
    is_done: bool
    is_current: bool


def next_step() -> str:
    """The URL name of the first step that is not done; the test mail may be sent again and again."""
    if not is_founded():
        return "setup-owner"
    if not Organisation.objects.exclude(postal_address="").exists():
        return "setup-organisation"
    if not Stream.objects.filter(kind=StreamKind.MARKETING.value).exists():
        return "setup-sending"
    return "setup-trial"


def stages(current: str) -> list[Stage]:
    here = list(TITLES).index(current)
    return [Stage(number + 1, title, number < here, number == here) for number, title in enumerate(TITLES.values())]
