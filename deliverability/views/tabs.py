"""The tabs on top of the pages of deliverability."""

from django.urls import reverse
from django.utils.translation import gettext as _


def tabs(here: str) -> list[tuple[str, str, bool, None]]:
    """As `web/components/tabs.html` takes them; `here` is the URL's name."""
    names = {
        "deliverability": _("Health"),
        "bounces": _("Bounces"),
        "replies": _("Replies"),
        "inbound": _("Came in"),
    }
    return [(words, reverse(name), name == here, None) for name, words in names.items()]
