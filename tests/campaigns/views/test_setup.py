"""Writing a campaign: field by field, by two people at once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.types import Role
from campaigns.models import Campaign
from campaigns.types import CampaignState
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import CampaignFactory, reviewed, scheduled
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


def member(name: str) -> User:
    return UserFactory.create(role=Role.MARKETER, first_name=name, time_zone="Europe/Berlin")


def save(user: User, campaign: Campaign, **fields: Any) -> Any:
    client = Client()
    client.force_login(user)
    return client.post(reverse("campaign-save", args=[campaign.pk]), fields, headers={"HX-Request": "true"})


def test_a_field_is_saved_by_itself_and_raises_the_revision() -> None:
    campaign = CampaignFactory.create()
    answer = save(member("Mira"), campaign, subject="New", revision=1).json()
    campaign.refresh_from_db()
    assert (campaign.subject, campaign.revision, answer["revision"]) == ("New", 2, 2)
    assert answer["inbox"][0] == "New"


def test_saving_the_same_again_changes_nothing() -> None:
    campaign = CampaignFactory.create()
    assert save(member("Mira"), campaign, subject=campaign.subject, revision=1).json()["revision"] == 1
    assert campaign.activities.count() == 0


def test_different_fields_of_two_people_go_together() -> None:
    campaign, ben = CampaignFactory.create(), member("Ben")
    save(member("Mira"), campaign, subject="Hers", revision=1)
    answer = save(ben, campaign, preheader="His", revision=1).json()
    campaign.refresh_from_db()
    assert (campaign.subject, campaign.preheader) == ("Hers", "His")
    [other] = answer["others"]
    assert (other["field"], other["value"]) == ("subject", "Hers")


def test_the_same_field_of_two_people_is_refused_with_theirs_and_when(time_machine: Any) -> None:
    campaign = CampaignFactory.create()
    time_machine.move_to(datetime(2026, 11, 24, 9, 4, tzinfo=UTC))
    save(member("Mira"), campaign, subject="Hers", revision=1)
    answer = save(member("Ben"), campaign, subject="His", revision=1)
    assert answer.status_code == 409
    [clash] = answer.json()["clashes"]
    assert clash == {"field": "subject", "value": "Hers", "words": "Mira changed the subject at 10:04 Berlin time."}
    campaign.refresh_from_db()
    assert campaign.subject == "Hers"


def test_who_has_seen_the_other_text_may_write_over_it() -> None:
    campaign = CampaignFactory.create()
    save(member("Mira"), campaign, subject="Hers", revision=1)
    assert save(member("Ben"), campaign, subject="His", revision=2).status_code == 200


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"from_email": "mira at huila"}, "from_email", "is no e-mail address"),
        ({"name": " "}, "name", "A campaign needs a name"),
        ({"send_at": "2027-03-28T02:30", "time_zone": "Europe/Berlin"}, "send_at", "skip this hour"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "There is no time zone"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(fields: dict[str, str], field: str, words: str) -> None:
    problems = save(member("Mira"), CampaignFactory.create(), **fields, revision=1).json()["problems"]
    assert words in problems[field]


def test_a_time_is_of_its_zone() -> None:
    campaign = CampaignFactory.create()
    save(member("Mira"), campaign, send_at="2027-06-01T10:00", time_zone="Europe/Berlin", revision=1)
    campaign.refresh_from_db()
    assert campaign.send_at == datetime(2027, 6, 1, 8, tzinfo=UTC)


def test_a_line_break_in_a_pasted_subject_becomes_a_space() -> None:
    campaign = CampaignFactory.create()
    save(member("Mira"), campaign, subject="Two\r\nlines", revision=1)
    campaign.refresh_from_db()
    assert campaign.subject == "Two lines"


def test_a_list_that_is_not_on_offer_is_no_list() -> None:
    campaign = CampaignFactory.create()
    save(member("Mira"), campaign, mailing_list="4711", revision=1)
    campaign.refresh_from_db()
    assert campaign.mailing_list is None


def test_a_sitting_is_one_line_of_the_activity() -> None:
    campaign, mira = CampaignFactory.create(), member("Mira")
    save(mira, campaign, subject="One", revision=1)
    save(mira, campaign, preheader="Two", revision=2)
    assert campaign.activities.get().text == "Edited: preheader, subject."


def test_an_edit_takes_back_the_review() -> None:
    subscribed()
    campaign = reviewed()
    save(member("Mira"), campaign, subject="New", revision=1)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.version) == (CampaignState.DRAFT, None)


def test_a_scheduled_campaign_is_no_longer_written() -> None:
    subscribed()
    campaign = scheduled()
    assert save(member("Mira"), campaign, subject="New", revision=1).status_code == 409


def test_without_script_the_whole_form_is_saved_at_once(client: Client) -> None:
    campaign = CampaignFactory.create()
    client.force_login(member("Mira"))
    fields = {"subject": "New", "when": "now", "send_at": "2027-06-01T10:00", "revision": 1}
    answer = client.post(reverse("campaign-save", args=[campaign.pk]), fields)
    campaign.refresh_from_db()
    assert answer["Location"] == reverse("campaign", args=[campaign.pk])
    assert (campaign.subject, campaign.send_at) == ("New", None)


def test_the_checklist_leads_to_what_must_be_fixed(client: Client) -> None:
    campaign = CampaignFactory.create(mailing_list=None, template=None, subject="", from_email="")
    client.force_login(member("Mira"))
    page = client.get(reverse("campaign-checklist", args=[campaign.pk])).content.decode()
    assert "4 things must be fixed" in page
    for field in ("mailing_list", "template", "subject", "from_email"):
        assert f'data-focus="f-{field}"' in page


def test_the_audience_is_counted_with_reasons_and_people(client: Client) -> None:
    news = MailingListFactory.create()
    person = subscribed(news)
    subscribed(news)
    person.subscriptions.update(state="unsubscribed")
    campaign = CampaignFactory.create(mailing_list=news)
    client.force_login(member("Mira"))
    page = client.get(reverse("campaign-audience", args=[campaign.pk])).content.decode()
    assert "<strong>1</strong> person would get it now" in page
    behind = client.get(reverse("campaign-people", args=[campaign.pk, "excluded"]), {"reason": "unsubscribed"})
    assert person.email in behind.content.decode()
