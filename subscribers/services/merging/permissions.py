"""Writes what a merge decides about permission: every no into the ledger under the id that stays, with why."""

from datetime import datetime

from deliverability.queries.suppression_page import suppressions_of
from deliverability.services.suppression import suppress_many
from deliverability.types import NewSuppression, Scope, SuppressionReason
from subscribers.models import Contact, Subscription
from subscribers.queries.audience.permission import OF_THE_PERSON
from subscribers.rules.merging import ListOutcome, Outcome
from subscribers.services.consent import record_consent
from subscribers.services.subscriptions.granting import TRACKING_FIELDS, record_general
from subscribers.types import ConsentAction, Origin, Purpose

_WHY = "A no of either of the two contacts is a no of the person."


def write_outcome(kept: Contact, merged: Contact, outcome: Outcome, origin: Origin, now: datetime) -> None:
    """Both contacts are locked. Afterwards the merged one stands on no list."""
    Subscription.objects.filter(contact=merged).delete()
    for each in outcome.lists:
        _write_list(kept, each, origin, now)
    if outcome.is_new_general_no:
        entry = record_general(contact=kept, action=ConsentAction.WITHDRAWN, origin=origin, now=now)
        _suppress(kept, f"Consent ledger, entry {entry.pk}: {origin.source}", origin)
    for purpose in outcome.tracking_ends:
        record_consent(
            contact=kept,
            purpose=purpose,
            action=ConsentAction.WITHDRAWN,
            origin=origin,
            detail=_WHY,
            occurred_at=now,
        )
    _write_columns(kept, outcome, origin, now)


def carry_suppressions(kept: Contact, merged: Contact, origin: Origin) -> None:
    """Those of the merged address stay; what says no for the person holds for the address that stays, too."""
    suppress_many(
        NewSuppression(
            kept.email,
            Scope(held.scope),
            SuppressionReason(held.reason),
            f"{origin.source}. There: {held.evidence}",
            held.target,
            origin.actor,
            expires_at=held.until,
        )
        for held in suppressions_of(bytes(merged.address_key))
        if held.is_live and held.reason in OF_THE_PERSON
    )


def _write_list(kept: Contact, outcome: ListOutcome, origin: Origin, now: datetime) -> None:
    standing = outcome.standing
    if outcome.is_new_no:
        record_consent(
            contact=kept,
            purpose=Purpose.SUBSCRIPTION,
            action=ConsentAction.WITHDRAWN,
            origin=origin,
            mailing_list_id=outcome.list_id,
            detail=_WHY,
            occurred_at=now,
        )
    if standing.state is None:
        return
    values = {
        "state": standing.state,
        "consent_id": standing.consent_id,
        "consent_expires_at": standing.expires_at,
        "frequency": standing.frequency,
    }
    # What stays as it was keeps the moment since when it has been so.
    moment = {"changed_at": now} if outcome.changes else {}
    Subscription.objects.update_or_create(
        contact=kept,
        mailing_list_id=outcome.list_id,
        defaults={**values, **moment},
        create_defaults={**values, "changed_at": now},
    )


def _write_columns(kept: Contact, outcome: Outcome, origin: Origin, now: datetime) -> None:
    if outcome.paused_until and outcome.paused_until > now and outcome.paused_until != kept.paused_until:
        record_consent(
            contact=kept,
            purpose=Purpose.MARKETING,
            action=ConsentAction.PAUSED,
            origin=origin,
            occurred_at=now,
            expires_at=outcome.paused_until,
        )
    kept.paused_until = outcome.paused_until
    for purpose, allowed in outcome.tracks.items():
        setattr(kept, TRACKING_FIELDS[purpose], allowed)
    kept.save(update_fields=["paused_until", *TRACKING_FIELDS.values(), "updated_at"])


def _suppress(kept: Contact, evidence: str, origin: Origin) -> None:
    suppress_many(
        [NewSuppression(kept.email, Scope.MARKETING, SuppressionReason.UNSUBSCRIBE, evidence, added_by=origin.actor)]
    )
