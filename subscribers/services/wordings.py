"""The sentences that people agree to on our own pages, in their language; each text shown is a stored version."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy, override

from subscribers.services.consent import publish_wording
from subscribers.types import Purpose

_TEXTS = {
    Purpose.OPEN_TRACKING: gettext_lazy(
        "%(organisation)s may record when I open an email, to learn what interests me. I can take this back at any "
        "time."
    ),
    Purpose.CLICK_TRACKING: gettext_lazy(
        "%(organisation)s may record which links I follow in an email, to learn what interests me. I can take this "
        "back at any time."
    ),
    Purpose.SUBSCRIPTION: gettext_lazy(
        "%(organisation)s may email me on the topics that I have ticked. I can take this back at any time."
    ),
}
TRACKING = (Purpose.OPEN_TRACKING, Purpose.CLICK_TRACKING)


def wording_text(*, purpose: Purpose, organisation: str, locale: str) -> str:
    """The sentence as it is shown."""
    with override(locale):
        return str(_TEXTS[purpose]) % {"organisation": organisation}


def publish_page_wordings(*, organisation: str, locale: str) -> Mapping[Purpose, int]:
    """The ids of the versions that hold the sentences as they are shown now, by purpose."""
    return {
        purpose: publish_wording(
            name=f"page: {purpose}",
            text=wording_text(purpose=purpose, organisation=organisation, locale=locale),
            locale=locale,
        ).pk
        for purpose in _TEXTS
    }
