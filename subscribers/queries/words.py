"""What somebody decided so far, read from their subscriptions and the ledger: what a merge weighs."""

from collections.abc import Mapping

from subscribers.models import ConsentRecord, Contact, Subscription
from subscribers.queries.people import ids_of
from subscribers.rules.merging import TRACKING, Standing, Words
from subscribers.types import ConsentAction, Frequency, Purpose, SubscriptionState

_ANSWERS = (ConsentAction.GRANTED, ConsentAction.WITHDRAWN)


def words_of(contact: Contact) -> Words:
    """Of the person with all ids they have had; two queries and one for the ids."""
    entries = ConsentRecord.objects.filter(contact__in=ids_of(contact.pk), action__in=_ANSWERS).order_by("pk")
    last: dict[tuple[Purpose, int | None], ConsentAction] = {
        (Purpose(purpose), list_id): ConsentAction(action)
        for purpose, list_id, action in entries.values_list("purpose", "mailing_list_id", "action")
    }
    answers = {
        list_id: said for (purpose, list_id), said in last.items() if purpose == Purpose.SUBSCRIPTION and list_id
    }
    lists = {list_id: Standing(answer=said) for list_id, said in answers.items()}
    for each in Subscription.objects.filter(contact=contact):
        lists[each.mailing_list_id] = Standing(
            SubscriptionState(each.state),
            answers.get(each.mailing_list_id),
            each.consent_id,
            each.consent_expires_at,
            Frequency(each.frequency),
        )
    return Words(
        lists=lists,
        general=last.get((Purpose.MARKETING, None)),
        tracking=_tracking(contact, last),
        paused_until=contact.paused_until,
    )


def _tracking(
    contact: Contact, last: Mapping[tuple[Purpose, int | None], ConsentAction]
) -> dict[Purpose, ConsentAction]:
    allowed = {Purpose.OPEN_TRACKING: contact.tracks_opens, Purpose.CLICK_TRACKING: contact.tracks_clicks}
    found = {purpose: last[purpose, None] for purpose in TRACKING if (purpose, None) in last}
    return {**{purpose: ConsentAction.GRANTED for purpose in TRACKING if allowed[purpose]}, **found}
