"""Moves what a merged contact did and is known by to the person who stays."""

from django.db import connection
from django.db.models import Q

from subscribers.models import (
    ApartPair,
    ContactActivity,
    ContactIdentifier,
    ContactScore,
    DuplicatePair,
    Farewell,
    MailHistory,
    PendingSignUp,
    PrivacyRequest,
    SunsetStanding,
)
from subscribers.rules.mail_histories import LastMails, woven

_TOTALS = """
WITH moved AS (DELETE FROM subscribers_activitytotal WHERE contact_id = %s RETURNING name, times, total, last_at)
INSERT INTO subscribers_activitytotal AS known (contact_id, name, times, total, last_at)
SELECT %s, name, times, total, last_at FROM moved
ON CONFLICT (contact_id, name) DO UPDATE SET
    times = known.times + EXCLUDED.times,
    total = known.total + EXCLUDED.total,
    last_at = greatest(known.last_at, EXCLUDED.last_at)
"""


def move_belongings(kept_id: int, merged_id: int) -> None:
    """Activities and their totals, the summary of their mail, ids in other systems. The score is made anew tonight."""
    ContactActivity.objects.filter(contact_id=merged_id).update(contact_id=kept_id)
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, [merged_id, kept_id])
    ContactIdentifier.objects.filter(contact_id=merged_id).update(contact_id=kept_id)
    PrivacyRequest.objects.filter(contact_id=merged_id).update(contact_id=kept_id)
    Farewell.objects.filter(contact_id=merged_id).update(contact_id=kept_id)
    # Where both wait on one form, one of them is enough.
    waiting = PendingSignUp.objects.filter(contact_id=kept_id).values("form")
    PendingSignUp.objects.filter(contact_id=merged_id).exclude(form__in=waiting).update(contact_id=kept_id)
    PendingSignUp.objects.filter(contact_id=merged_id).delete()
    SunsetStanding.objects.filter(contact_id=merged_id).delete()
    ContactScore.objects.filter(contact_id=merged_id).delete()
    for pairs in (ApartPair, DuplicatePair):
        pairs.objects.filter(Q(first_id=merged_id) | Q(second_id=merged_id)).delete()
    _weave_mail(kept_id, merged_id)


def _weave_mail(kept_id: int, merged_id: int) -> None:
    found = MailHistory.objects.select_for_update().in_bulk([kept_id, merged_id])
    theirs = found.get(merged_id)
    if theirs is None:
        return
    ours = found.get(kept_id) or MailHistory(contact_id=kept_id)
    both = [LastMails(each.mailings, each.opened, each.clicked) for each in (ours, theirs)]
    last = woven(both[0], both[1], MailHistory.KEPT)
    ours.mailings, ours.opened, ours.clicked = list(last.mailings), last.opened, last.clicked
    ours.sent_count += theirs.sent_count
    for name in ("sent_at", "opened_at", "clicked_at"):
        moments = [moment for moment in (getattr(ours, name), getattr(theirs, name)) if moment]
        setattr(ours, name, max(moments, default=None))
    ours.save()
    theirs.delete()
