"""Changes drafts; a reviewed campaign becomes a draft again first, since its review no longer holds."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.services.permission import require
from accounts.types import Actor
from campaigns.errors import Clash, EditedMeanwhile
from campaigns.models import Campaign
from campaigns.rules.lifecycle import Action
from campaigns.services.stepping import expect, lock, note
from campaigns.types import CampaignState

EDITABLE = (
    "name",
    "subject",
    "preheader",
    "from_name",
    "from_email",
    "reply_to",
    "mailing_list",
    "more_lists",
    "segments",
    "without_lists",
    "without_segments",
    "priority",
    "template",
    "stream",
    "send_at",
    "time_zone",
    "undo_seconds",
    "canary_percent",
    "canary_minutes",
)
_COLUMNS = {"mailing_list": "mailing_list_id", "template": "template_id", "stream": "stream_id"}
# Somebody who types is saved every second; the activity names such a sitting once.
_SITTING = timedelta(minutes=15)


@transaction.atomic
def edit(*, campaign_id: int, changes: Mapping[str, Any], actor: Actor, revision: int | None = None) -> Campaign:
    """Set some of the EDITABLE fields; none of them just makes it a draft again. Foreign keys may be given as ids.

    With `revision`, the one that the actor has seen, a field that somebody else has changed since is not written
    over; changes to different fields go together. Raises EditedMeanwhile, NotPossibleNow once it is scheduled,
    UnknownCampaign, PermissionRefused.
    """
    require(actor, "campaigns.edit")
    if unknown := set(changes) - set(EDITABLE):
        raise ValueError(f"not editable: {', '.join(sorted(unknown))}")
    campaign = lock(campaign_id)
    target = expect(campaign, Action.EDIT)
    wanted = {field: getattr(value, "pk", value) for field, value in changes.items()}
    new = {field: value for field, value in wanted.items() if _value(campaign, field) != value}
    if revision is not None and (clashes := _clashes(campaign, new, revision)):
        raise EditedMeanwhile(clashes)
    if new or campaign.state != target:
        _write(campaign, new, actor, target)
    return campaign


def seen_since(campaign: Campaign, revision: int) -> list[Clash]:
    """The fields that were changed after this revision, with what they hold now."""
    return [_clash(campaign, field) for field, edit in campaign.edits.items() if edit["revision"] > revision]


def _clashes(campaign: Campaign, fields: Collection[str], revision: int) -> list[Clash]:
    return [clash for clash in seen_since(campaign, revision) if clash.field in fields]


def _clash(campaign: Campaign, field: str) -> Clash:
    edit = campaign.edits[field]
    return Clash(field, _value(campaign, field), edit["by"], datetime.fromisoformat(edit["at"]))


def _value(campaign: Campaign, field: str) -> Any:
    return getattr(campaign, _COLUMNS.get(field, field))


def _write(campaign: Campaign, new: Mapping[str, Any], actor: Actor, target: CampaignState) -> None:
    now = timezone.now()
    campaign.revision += 1
    campaign.edited_at = now
    for field, value in new.items():
        setattr(campaign, _COLUMNS.get(field, field), value)
        campaign.edits[field] = {"revision": campaign.revision, "by": str(actor), "at": now.isoformat()}
    campaign.state, campaign.version_id = target, None
    campaign.approved_by, campaign.approved_at, campaign.approver_id = "", None, None
    campaign.held_because = ""
    kept = ["state", "version", "revision", "edits", "edited_at"]
    taken_back = ["approved_by", "approved_at", "approver_id", "held_because"]
    campaign.save(update_fields=[*kept, *taken_back, *new])
    _note(campaign, new, actor, now)


def _note(campaign: Campaign, fields: Collection[str], actor: Actor, now: datetime) -> None:
    if not fields:
        note(campaign, actor=actor, text="Back to draft.")
        return
    last = campaign.activities.order_by("-id").first()
    if last and last.actor == str(actor) and last.text.startswith("Edited: ") and last.happened_at > now - _SITTING:
        before = last.text.removeprefix("Edited: ").rstrip(".").split(", ")
        last.text = _words({*before, *(field.replace("_", " ") for field in fields)})
        last.save(update_fields=["text"])
    else:
        note(campaign, actor=actor, text=_words({field.replace("_", " ") for field in fields}))


def _words(fields: Collection[str]) -> str:
    return f"Edited: {', '.join(sorted(fields))}."
