"""The merge itself: one transaction, in which nobody else can change what either of the two allows."""

from django.db import transaction
from django.utils import timezone

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from subscribers.errors import ContactGone, MergeRefused
from subscribers.models import Contact, ContactMerge
from subscribers.queries.words import words_of
from subscribers.rules.known_values import OWN, conflicts, filled
from subscribers.rules.merging import settle
from subscribers.services.merging.belongings import move_belongings
from subscribers.services.merging.permissions import carry_suppressions, write_outcome
from subscribers.types import Origin


def merge_contacts(*, keep_id: int, merge_id: int, actor: Actor) -> Contact:
    """The one who stays has all of both: the strictest word on each list, mail history, activities, ids, values.

    The other stays as a row behind them: its ledger entries keep their seals, links in its mail act on the person who
    stays, and its address finds them. It cannot be undone. Raises MergeRefused, ContactGone, PermissionRefused.
    """
    require(actor, "subscribers.edit")
    if keep_id == merge_id:
        raise MergeRefused("A contact cannot be merged with itself, so nothing was changed.")
    now = timezone.now()
    with transaction.atomic():
        kept, merged = _lock_both(keep_id, merge_id)
        outcome = settle(words_of(kept), words_of(merged))
        origin = Origin(source=f"Merged with contact {merged.pk} ({merged.email})", actor=str(actor))
        write_outcome(kept, merged, outcome, origin, now)
        carry_suppressions(kept, merged, origin)
        decisions = _fill(kept, merged)
        move_belongings(kept.pk, merged.pk)
        Contact.with_merged.filter(merged_into=merged).update(merged_into=kept)
        Contact.with_merged.filter(pk=merged.pk).update(merged_into=kept)
        ContactMerge.objects.create(
            kept=kept, merged=merged, merged_by=str(actor)[:200], merged_at=now, decisions=decisions
        )
        record(actor=actor, text="Merged two contacts into one.")
    return kept


def _lock_both(keep_id: int, merge_id: int) -> tuple[Contact, Contact]:
    """In the order of ids, so that two merges of the same two cannot wait for each other."""
    locked = Contact.with_merged.select_for_update(no_key=True).order_by("pk").in_bulk([keep_id, merge_id])
    if len(locked) < 2:
        raise ContactGone
    if any(contact.merged_into_id for contact in locked.values()):
        raise MergeRefused("One of the two has been merged already, so nothing was changed. Look at the other one.")
    if any(contact.restricted_at for contact in locked.values()):
        raise MergeRefused(
            "One of the two asked us to restrict what we do with their data, so nothing was changed. End the "
            "restriction first, with their word."
        )
    return locked[keep_id], locked[merge_id]


def _fill(kept: Contact, merged: Contact) -> list[str]:
    """Blanks of the one who stays get the other's values; what was decided where both knew something."""
    own, other = ({name: getattr(each, name) for name in OWN} for each in (kept, merged))
    differing = {**conflicts(own, other), **conflicts(kept.attributes, merged.attributes)}
    for name, value in filled(own, other).items():
        setattr(kept, name, value)
    kept.attributes = filled(kept.attributes, merged.attributes)
    kept.engaged_at = max(filter(None, (kept.engaged_at, merged.engaged_at)), default=None)
    kept.created_at = min(kept.created_at, merged.created_at)
    kept.save(update_fields=[*OWN, "attributes", "engaged_at", "created_at", "updated_at"])
    return [f"{key}: kept {mine}, not {theirs}"[:500] for key, (mine, theirs) in differing.items()]
