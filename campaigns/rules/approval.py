"""Large campaigns take two members: one who approves and another who sends."""

from enum import StrEnum


class Gap(StrEnum):
    """What a large campaign lacks."""

    NOBODY_APPROVED = "nobody_approved"
    SAME_PERSON = "same_person"


def approval_gap(
    *, people: int, limit: int | None, is_approved: bool, approver_id: int | None, requester_id: int | None
) -> Gap | None:
    """None where nothing is lacking: the campaign is small, or two members answer for it. Ids may be None for Sendwell
    itself, which approves and sends only at the hand of whoever runs its commands."""
    if limit is None or people <= limit:
        return None
    if not is_approved:
        return Gap.NOBODY_APPROVED
    return Gap.SAME_PERSON if approver_id is not None and approver_id == requester_id else None
