"""Asks people again: their yes is express consent from then on, and their silence ends the permission, if so chosen."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy, override

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from deliverability.queries.messages import where_sent
from deliverability.queries.people import recipients_of
from subscribers.errors import ListRefused
from subscribers.models import Contact, MailingList, Reconfirmation, Subscription
from subscribers.queries.consent.reconfirming import to_reconfirm
from subscribers.services.consent import lock_contact, publish_wording, record_consent
from subscribers.services.subscriptions.granting import grant_list
from subscribers.types import Basis, ConsentAction, Origin, Purpose, SubscriptionState

_WORDS = gettext_lazy(
    "Yes, %(organisation)s may keep emailing me on what I have chosen here. I can take this back at any time."
)
_CHUNK = 500


def reconfirmation_text(*, organisation: str, locale: str) -> str:
    """The sentence that people agree to, as it is shown."""
    with override(locale):
        return str(_WORDS) % {"organisation": organisation}


def reconfirm(
    *, contact_id: int, mailing_list_ids: Collection[int], organisation: str, locale: str, origin: Origin
) -> list[MailingList]:
    """Record express consent for those of the lists that the person is on; returns these. Who left stays away: a link
    in an old mail brings nobody back. Raises ContactGone."""
    with transaction.atomic():
        contact = lock_contact(contact_id)
        text = reconfirmation_text(organisation=organisation, locale=locale)
        wording = publish_wording(name="page: reconfirmation", text=text, locale=locale)
        offered = [found for found in to_reconfirm(contact_id) if found.pk in set(mailing_list_ids)]
        for found in offered:
            grant_list(
                contact=contact,
                mailing_list_id=found.pk,
                basis=Basis.EXPRESS,
                wording_id=wording.pk,
                origin=origin,
                now=timezone.now(),
            )
        return offered


@transaction.atomic
def open_reconfirmation(
    *, actor: Actor, list_id: int, campaign_id: int, deadline_at: datetime, on_silence: str
) -> Reconfirmation:
    """Remember what a campaign asks, and until when. Raises ListRefused, PermissionRefused."""
    require(actor, "subscribers.edit")
    found = MailingList.objects.filter(pk=list_id).first()
    if found is None:
        raise ListRefused
    opened = Reconfirmation.objects.create(
        mailing_list=found,
        campaign_id=campaign_id,
        deadline_at=deadline_at,
        on_silence=Reconfirmation.Silence(on_silence),
        opened_by=str(actor)[:200],
        opened_at=timezone.now(),
    )
    what = "their permission ends" if on_silence == Reconfirmation.Silence.LAPSE else "their permission stays"
    record(actor=actor, text=f"Asks the people of “{found.name}” again; who has not answered in time: {what}.")
    return opened


def settle_reconfirmation(*, reconfirmation_id: int, mailing_id: int) -> int:
    """After the deadline: end the permission of everybody whose server took the question and who has not answered
    since; returns how many now. Each few hundred people are a transaction of their own; a second run finds them done.
    """
    row = Reconfirmation.objects.select_related("mailing_list").get(pk=reconfirmation_id)
    if row.settled_at or timezone.now() < row.deadline_at:
        return 0
    after, lapsed, confirmed = 0, 0, 0
    while people := recipients_of(mailing_id, after=after, most=_CHUNK):
        after = people[-1]
        asked = [person for _, person in where_sent([(mailing_id, person) for person in people])]
        silent, answered = _silent(row, asked)
        confirmed += answered
        if row.on_silence == Reconfirmation.Silence.LAPSE:
            lapsed += _lapse(row, silent)
    Reconfirmation.objects.filter(pk=row.pk, settled_at=None).update(settled_at=timezone.now(), confirmed=confirmed)
    return lapsed


def _silent(row: Reconfirmation, people: Sequence[int]) -> tuple[list[int], int]:
    """Those on the list who said nothing since they were asked, and how many said yes."""
    standings = Subscription.objects.filter(
        mailing_list=row.mailing_list, contact__in=people, state=SubscriptionState.SUBSCRIBED
    )
    told = standings.values_list("contact_id", "consent__occurred_at")
    silent = [contact_id for contact_id, said_at in told if said_at is None or said_at < row.opened_at]
    return silent, len(told) - len(silent)


@transaction.atomic
def _lapse(row: Reconfirmation, people: Sequence[int]) -> int:
    locked = Contact.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk")
    contacts = {contact.pk: contact for contact in locked}
    silent, _ = _silent(row, list(contacts))
    now = timezone.now()
    origin = Origin(
        source=f"No answer to campaign {row.campaign_id}, which asked again, by {row.deadline_at:%Y-%m-%d %H:%M} UTC",
        actor=f"Sendwell, as {row.opened_by} chose",
    )
    for contact_id in silent:
        record_consent(
            contact=contacts[contact_id],
            purpose=Purpose.SUBSCRIPTION,
            action=ConsentAction.WITHDRAWN,
            origin=origin,
            mailing_list_id=row.mailing_list_id,
            occurred_at=now,
        )
    Subscription.objects.filter(mailing_list=row.mailing_list, contact__in=silent).update(
        state=SubscriptionState.UNSUBSCRIBED, consent=None, consent_expires_at=None, changed_at=now
    )
    # Counted where it happens: a run that comes after a dead one no longer finds these people.
    Reconfirmation.objects.filter(pk=row.pk).update(lapsed=F("lapsed") + len(silent))
    return len(silent)
