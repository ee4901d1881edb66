"""The one way in which a campaign changes its state: row locked, step allowed, actor written down."""

from typing import Any

from accounts.types import Actor
from campaigns.errors import NotPossibleNow, UnknownCampaign
from campaigns.models import Campaign, CampaignActivity
from campaigns.rules.lifecycle import Action, next_state, refusal
from campaigns.types import CampaignState


def lock(campaign_id: int) -> Campaign:
    """The campaign, which nobody else changes until the open transaction ends. Raises UnknownCampaign.

    Double clicks, two people and overlapping workers thus act one after the other, each on the state that the last
    one left; only start and undo race for the same row, and whoever is second finds the state changed.
    """
    campaign = Campaign.objects.select_for_update(of=("self",), no_key=True).filter(pk=campaign_id).first()
    if campaign is None:
        raise UnknownCampaign
    return campaign


def expect(campaign: Campaign, action: Action) -> CampaignState:
    """The state that `action` leads to. Raises NotPossibleNow, which names the state and the way out."""
    state = CampaignState(campaign.state)
    target = next_state(state, action)
    if target is None:
        raise NotPossibleNow(refusal(campaign.name, state, action))
    return target


def step(campaign: Campaign, action: Action, *, actor: Actor | str, text: str, **changes: Any) -> None:
    """Take the locked campaign one step on, change fields with it, and say so in its activity."""
    campaign.state = expect(campaign, action)
    for field, value in changes.items():
        setattr(campaign, field, value)
    campaign.save(update_fields=["state", *changes])
    note(campaign, actor=actor, text=text)


def note(campaign: Campaign, *, actor: Actor | str, text: str) -> None:
    CampaignActivity.objects.create(campaign=campaign, actor=str(actor)[:200], text=text[:500])
