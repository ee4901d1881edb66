"""Says why somebody is left out of a campaign, with the numbers and dates that the reason stands on."""

from datetime import datetime, timedelta

from accounts.rules.clocks import kept
from campaigns.models import Campaign
from campaigns.queries.audience_of import lists_of, topic_mailings
from campaigns.rules.words import BECAUSE, marketing_mails
from deliverability.queries.mailed import Mailed, mailed_to
from subscribers.queries.audience.frequency import caps_of, choice_of, topics_since, within
from subscribers.queries.consent.choices import list_names_and_slugs, segment_choices
from subscribers.types import Cap, ExclusionReason, Frequency

_CHOICES = {Frequency.WEEKLY: "one mail a week", Frequency.MONTHLY: "one mail a month"}


def because(campaign: Campaign, contact_id: int, reason: str, at: datetime) -> str:
    """Completes “They were left out, because …”, as things stood at a moment; a time is told as `kept` writes it."""
    if reason == ExclusionReason.FREQUENCY_CAP:
        return _capped(campaign, contact_id, at)
    if reason == ExclusionReason.FREQUENCY_CHOICE:
        return _choosy(campaign, contact_id, at)
    if reason == ExclusionReason.EXCLUDED_LIST:
        names = ", ".join(f"“{name}”" for name, _ in list_names_and_slugs(campaign.without_lists).values())
        return f"{BECAUSE[reason]} ({names})" if names else BECAUSE[reason]
    if reason == ExclusionReason.EXCLUDED_SEGMENT:
        names = ", ".join(f"“{each.name}”" for each in segment_choices(campaign.without_segments))
        return f"{BECAUSE[reason]} ({names})" if names else BECAUSE[reason]
    return BECAUSE[reason]


def _capped(campaign: Campaign, contact_id: int, at: datetime) -> str:
    caps = caps_of(campaign.stream_id)
    if not caps:
        return BECAUSE[ExclusionReason.FREQUENCY_CAP]
    since = min(cap.since(at) for cap in caps)
    mails = _mails(campaign, contact_id, since=since, until=at)
    reached = next((cap for cap in caps if len(within(cap, mails, at)) >= cap.most), None)
    if reached:
        return _full(reached, within(reached, mails, at))
    cap = max(caps, key=lambda each: len(within(each, mails, at)) / each.most)
    counted = within(cap, mails, at)
    got = (
        f"they got {marketing_mails(len(counted))} in the {cap.days} days before" if counted else "no mail was sent yet"
    )
    return f"{got}, and what waited for them or is planned and goes first takes the rest of the cap of {cap.most}"


def _full(cap: Cap, mails: list[Mailed]) -> str:
    return (
        f"they got {marketing_mails(len(mails))} in the {cap.days} days before, the last on {kept(mails[-1].at)}; "
        f"the cap is {cap.most}"
    )


def _choosy(campaign: Campaign, contact_id: int, at: datetime) -> str:
    lists = lists_of(campaign)
    found = choice_of(contact_id, lists)
    pairs = set(topic_mailings(lists, besides=campaign.mailing_id))
    mails = _mails(campaign, contact_id, since=topics_since(at), until=at)
    for list_id, frequency in found.items():
        got = [mail for mail in mails if (list_id, mail.mailing_id) in pairs]
        if frequency in _CHOICES:
            last = f", and got one on {kept(got[-1].at)}" if got else ", and one waits for them"
            name = list_names_and_slugs([list_id])[list_id][0]
            return f"they chose {_CHOICES[frequency]} of “{name}”{last}"
    return BECAUSE[ExclusionReason.FREQUENCY_CHOICE]


def _mails(campaign: Campaign, contact_id: int, *, since: datetime, until: datetime) -> list[Mailed]:
    # What was on its way at the freeze was accepted within moments of it.
    until = until + timedelta(minutes=1)
    return mailed_to([contact_id], since=since, until=until, besides=campaign.mailing_id or 0).get(contact_id, [])
