"""Gives the roastery's offers a quarter to look back on: who signed up day by day, who left, bounced or complained."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from config.demo.people import SEED, invent_people
from deliverability.queries.mailbox_providers import mailbox_provider_of
from deliverability.queries.suppressions import address_key
from deliverability.services.suppression import suppress_many
from deliverability.types import NewSuppression, Scope, SuppressionReason
from subscribers.models import ConsentRecord, ConsentWording, Contact, MailingList, Subscription
from subscribers.services.consent import record_consent
from subscribers.services.health import count_days
from subscribers.services.subscriptions.granting import grant_list
from subscribers.services.sunset import judge_people
from subscribers.types import Basis, ConsentAction, Origin, Purpose, SubscriptionState

SOURCE = "The demo's sign-up page, earlier this quarter"
LIST = "offers"
DAYS = 90
_ORIGIN = Origin(source=SOURCE, actor="the person")
# Of those who signed up, so many leave, bounce or complain some days later.
_SHARES = ((0.30, "left"), (0.04, SuppressionReason.HARD_BOUNCE), (0.01, SuppressionReason.COMPLAINT))


def is_lived() -> bool:
    return ConsentRecord.objects.filter(source=SOURCE).exists()


@transaction.atomic
def live(people: int) -> None:
    """`people` is how many others were invented: these are further ones. Ends with the first count of list health."""
    dice = random.Random(SEED)  # noqa: S311  nothing secret: the same quarter each time
    mailing_list = MailingList.objects.get(slug=LIST)
    newcomers = _newcomers(people, most=max(60, people // 20))
    wording = ConsentWording.objects.order_by("pk").first()
    leaving: list[tuple[datetime, Contact, str]] = []
    for moment, contact in zip(_moments(dice, len(newcomers)), newcomers, strict=True):
        _leave_until(moment, leaving, mailing_list)
        grant_list(
            contact=contact,
            mailing_list_id=mailing_list.pk,
            basis=Basis.DOUBLE_OPT_IN,
            wording_id=wording.pk if wording else None,
            origin=_ORIGIN,
            now=moment,
        )
        if fate := _fate(dice):
            leaving.append((moment + timedelta(days=dice.uniform(2, 40)), contact, fate))
    _leave_until(timezone.now(), leaving, mailing_list)
    judge_people()
    count_days()


def _newcomers(people: int, *, most: int) -> list[Contact]:
    rows = list(invent_people(people + most))[people:]
    return Contact.objects.bulk_create(
        Contact(
            email=email,
            address_key=address_key(email),
            first_name=first,
            last_name=last,
            locale=locale,
            country=country,
            time_zone=zone,
            mailbox_provider=mailbox_provider_of(email),
        )
        for email, first, last, locale, country, zone, *_rest in rows
    )


def _moments(dice: random.Random, count: int) -> Iterator[datetime]:
    """In order; a little fewer towards the end, so that there is something to see."""
    now = timezone.now()
    yield from sorted(now - timedelta(days=DAYS * dice.betavariate(1.3, 1), hours=1) for _ in range(count))


def _fate(dice: random.Random) -> str:
    chance = dice.random()
    for share, fate in _SHARES:
        if chance < share:
            return fate
        chance -= share
    return ""


def _leave_until(moment: datetime, leaving: list[tuple[datetime, Contact, str]], mailing_list: MailingList) -> None:
    """What was said is written in the order in which it was said."""
    due = sorted((each for each in leaving if each[0] <= moment), key=lambda each: each[0])
    for at, contact, fate in due:
        if fate == "left":
            record_consent(
                contact=contact,
                purpose=Purpose.SUBSCRIPTION,
                action=ConsentAction.WITHDRAWN,
                origin=_ORIGIN,
                mailing_list_id=mailing_list.pk,
                occurred_at=at,
            )
            Subscription.objects.filter(contact=contact, mailing_list=mailing_list).update(
                state=SubscriptionState.UNSUBSCRIBED, consent=None, changed_at=at
            )
        else:
            suppress_many([NewSuppression(contact.email, Scope.MARKETING, SuppressionReason(fate), SOURCE, since=at)])
    leaving[:] = [each for each in leaving if each[0] > moment]
