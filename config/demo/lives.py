"""Gives the demo's contacts a past: some left, some paused, some are known to bounce, many allow tracking."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from config.demo.people import SEED
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.models import ConsentRecord, MailingList, Subscription
from subscribers.rules.expiry import expiry_of
from subscribers.services.consent import lock_contact, publish_wording
from subscribers.services.preferences import change_tracking, pause
from subscribers.services.subscriptions import unsubscribe, unsubscribe_all
from subscribers.services.subscriptions.granting import grant_list
from subscribers.types import Basis, Origin, Purpose, SubscriptionState

SOURCE = "The demo's past"
# Shares of the newsletter's list who left it, left everything, paused, asked too long ago, are known to bounce,
# allow tracking; nobody belongs to two of these.
SHARES = (0.015, 0.01, 0.005, 0.006, 0.008, 0.2)
TRACKING_WORDS = {
    Purpose.OPEN_TRACKING: "Huila & Sons may see whether I open a letter, to write when I like to read.",
    Purpose.CLICK_TRACKING: "Huila & Sons may see which links I follow, to write about what I like.",
}


def is_lived() -> bool:
    return ConsentRecord.objects.filter(source=SOURCE).exists()


@transaction.atomic
def live(mailing_list: MailingList, tell: Callable[[int, int], None]) -> None:
    """All of it or nothing, through the services that people's own clicks use; `tell` gets done and total."""
    on_list = Subscription.objects.filter(mailing_list=mailing_list, state=SubscriptionState.SUBSCRIBED)
    people = list(on_list.order_by("contact_id").values_list("contact_id", "contact__email"))
    random.Random(SEED).shuffle(people)  # noqa: S311  nothing secret: the same people each time
    acts = _acts(people, mailing_list.pk)
    for done, act in enumerate(acts, start=1):
        act()
        tell(done, len(acts))


def _acts(people: Sequence[tuple[int, str]], mailing_list_id: int) -> list[Callable[[], object]]:
    origin = Origin(source=SOURCE, actor="the person")
    left, left_everything, paused, expired, known_bad, tracked = _split(people)
    wordings = {
        purpose: publish_wording(name=purpose.value, locale="en", text=text).pk
        for purpose, text in TRACKING_WORDS.items()
    }
    choices = dict.fromkeys(TRACKING_WORDS, True)
    return [
        *(partial(unsubscribe, contact_id=c, mailing_list_id=mailing_list_id, origin=origin) for c, _ in left),
        *(partial(unsubscribe_all, contact_id=c, origin=origin) for c, _ in left_everything),
        *(partial(pause, contact_id=c, origin=origin) for c, _ in paused),
        *(partial(_ask_long_ago, contact_id=c, mailing_list_id=mailing_list_id) for c, _ in expired),
        *(
            partial(change_tracking, contact_id=c, choices=choices, wordings=wordings, origin=origin)
            for c, _ in tracked
        ),
        partial(
            suppress,
            addresses=[email for _, email in known_bad],
            scope=Scope.EVERYTHING,
            reason=SuppressionReason.MANUAL,
            evidence=SOURCE,
        ),
    ]


def _split(people: Sequence[tuple[int, str]]) -> Iterator[Sequence[tuple[int, str]]]:
    start = 0
    for share in SHARES:
        end = start + max(1, round(share * len(people)))
        yield people[start:end]
        start = end


def _ask_long_ago(*, contact_id: int, mailing_list_id: int) -> None:
    """An inquiry in the shop eight months ago, which by CASL s. 10 (10) allowed mail for six."""
    asked_at = timezone.now() - timedelta(days=240)
    grant_list(
        contact=lock_contact(contact_id),
        mailing_list_id=mailing_list_id,
        basis=Basis.IMPLIED_INQUIRY,
        wording_id=None,
        origin=Origin(source=SOURCE, actor="the person"),
        now=asked_at,
        expires_at=expiry_of(Basis.IMPLIED_INQUIRY, asked_at),
    )
