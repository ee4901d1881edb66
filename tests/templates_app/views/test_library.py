"""The list of templates."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.types import Role
from templates_app.models import Template
from templates_app.queries.starters import starter_sources
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import CampaignFactory
from tests.factories.templates_app import TemplateFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketer(client: Client) -> Client:
    client.force_login(UserFactory.create(role=Role.MARKETER))
    return client


def test_templates_are_found_by_name_and_paged(marketer: Client) -> None:
    TemplateFactory.create(name="Winter letter")
    for number in range(12):
        TemplateFactory.create(name=f"Autumn {number}")
    page = marketer.get(reverse("templates")).content.decode()
    assert "1–12 of 13 templates" in page
    found = marketer.get(reverse("templates"), {"q": "winter"}).content.decode()
    assert "Winter letter" in found
    assert "Autumn" not in found
    assert "No template is called" in marketer.get(reverse("templates"), {"q": "spring"}).content.decode()


def test_an_empty_list_has_one_next_step(marketer: Client) -> None:
    page = marketer.get(reverse("templates")).content.decode()
    assert "No template yet" in page
    assert reverse("template-new") in page


def test_the_list_costs_few_queries_however_long(
    marketer: Client, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    for number in range(12):
        TemplateFactory.create(name=f"Autumn {number}")
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        marketer.get(reverse("templates"))


def test_every_starter_and_a_blank_page_open_in_the_editor(marketer: Client) -> None:
    for starter in ("", *starter_sources()):
        answer = marketer.post(reverse("template-create"), {"starter": starter})
        template = Template.objects.latest("pk")
        assert answer["Location"] == reverse("template", args=[template.pk])
        assert marketer.get(answer["Location"]).status_code == 200
    assert set(Template.objects.values_list("name", flat=True)) == {
        "Untitled template",
        *(name.capitalize() for name in starter_sources()),
    }


def test_whoever_came_from_a_page_goes_back_there_with_the_new_template(marketer: Client) -> None:
    page = marketer.get(reverse("template-new"), {"next": "/campaigns/7"}).content.decode()
    assert '<input type="hidden" name="next" value="/campaigns/7">' in page
    answer = marketer.post(reverse("template-create"), {"starter": "digest", "next": "/campaigns/7"}, follow=True)
    assert f'href="/campaigns/7?template={Template.objects.get().pk}" id="done"' in answer.content.decode()
    elsewhere = marketer.post(reverse("template-create"), {"next": "https://evil.example/"})
    assert elsewhere["Location"] == reverse("template", args=[Template.objects.latest("pk").pk])


def test_starters_are_drawn(marketer: Client) -> None:
    for starter in starter_sources():
        assert marketer.get(reverse("template-starter", args=[starter])).status_code == 200
    assert marketer.get(reverse("template-starter", args=["nothing"])).status_code == 404


def test_rename_duplicate_and_delete_say_what_they_did(marketer: Client) -> None:
    template = TemplateFactory.create(name="Winter")
    rename = reverse("template-rename-in-list", args=[template.pk])
    assert "Renamed to “Frost”." in marketer.post(rename, {"name": "Frost"}, follow=True).content.decode()
    duplicate = reverse("template-duplicate", args=[template.pk])
    assert "“Frost (copy)” was made." in marketer.post(duplicate, follow=True).content.decode()
    taken = marketer.post(rename, {"name": "Frost (copy)"}, follow=True).content.decode()
    assert "Another template is called “Frost (copy)” already." in taken
    delete = reverse("template-delete", args=[template.pk])
    assert "“Frost” was deleted" in marketer.post(delete, follow=True).content.decode()


def test_a_template_in_use_stays_and_the_list_says_why(marketer: Client) -> None:
    template = CampaignFactory.create(name="Autumn mailing").template
    answer = marketer.post(reverse("template-delete", args=[template.pk]), follow=True).content.decode()
    assert "is used by “Autumn mailing”, so it was not deleted." in answer
    assert Template.objects.filter(pk=template.pk).exists()
