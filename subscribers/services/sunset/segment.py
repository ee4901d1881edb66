"""Makes a segment of people to be won back, ready for a campaign; its rules stay the team's to change."""

from typing import Any

from accounts.types import Actor
from subscribers.errors import SegmentRefused
from subscribers.models import Segment
from subscribers.queries.consent.choices import list_names
from subscribers.queries.sunset.policy import sunset_policy
from subscribers.rules.sunset import Pace, Policy
from subscribers.services.segments import create_segment


def make_segment(*, actor: Actor, mailing_list_id: int) -> Segment:
    """Subscribed, silent for as long as the list's pace asks before winning back, and no buyer of late.

    Raises SegmentRefused, RulesRefused, PermissionRefused.
    """
    policy = sunset_policy()
    pace = policy.pace_of(mailing_list_id)
    if pace is None:
        raise SegmentRefused("The policy leaves this list alone, so there is nobody to win back. Nothing was saved.")
    name = f"Win back: {list_names().get(mailing_list_id, mailing_list_id)}"
    return create_segment(actor=actor, name=name, rules=_rules(policy, pace, mailing_list_id))


def _rules(policy: Policy, pace: Pace, mailing_list_id: int) -> dict[str, Any]:
    never = [
        *({"type": "mail", "act": act, "days": pace.win_back_days} for act in ("clicked", "opened")),
        *(
            {"type": "activity", "name": name, "times": {"op": "at_least", "value": 1}, "days": policy.buyer_days}
            for name in policy.purchases
            if policy.buyer_days
        ),
    ]
    least = {"type": "last_mails", "act": "opened", "campaigns": policy.least_mails, "op": "is", "value": 0}
    return {
        "type": "all",
        "rules": [
            {"type": "list", "list": mailing_list_id, "state": "subscribed"},
            {"type": "consent", "purpose": "click_tracking"},
            least,
            *({"type": "not", "rule": rule} for rule in never),
        ],
    }
