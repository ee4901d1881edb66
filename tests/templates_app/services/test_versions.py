"""Versions are immutable, numbered, and made once per content."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from lxml.html import fromstring

from accounts.errors import OrganisationMissing
from accounts.models import Organisation
from templates_app.errors import TemplateErrors
from templates_app.models import TemplateVersion
from templates_app.queries.plans import merge_plan
from templates_app.services.versions import publish_version
from tests.factories.accounts import OrganisationFactory
from tests.factories.templates_app import TemplateFactory, VersionFactory
from tests.templates_app.content import LINKS, body_of, parsed

pytestmark = pytest.mark.django_db


def test_publishing_compiles_with_the_organisations_footer() -> None:
    version = VersionFactory.create(subject="Hello {{ contact.first_name }}", preheader="Soon")
    assert version.number == 1
    assert version.links == ["https://huila.example/winter"]
    assert version.merge_tags == ["contact.first_name"]
    assert "Torstraße 1, 10119 Berlin, Germany" in version.html
    message = parsed(merge_plan(version.id).render({"contact": {"first_name": "Zoë"}}, LINKS))
    assert message["Subject"] == "Hello Zoë"
    assert f"See the winter lots ({LINKS.click_prefix}0)" in body_of(message, "plain")


def test_the_same_content_is_the_same_version_and_a_change_the_next() -> None:
    first = VersionFactory.create()
    again = publish_version(template_id=first.template_id, subject="News", preheader="")
    other = publish_version(template_id=first.template_id, subject="Other news", preheader="")
    assert again == first
    assert other.number == 2
    Organisation.objects.update(postal_address="Elsewhere 2\n10115 Berlin")
    assert publish_version(template_id=first.template_id, subject="News", preheader="").number == 3


def test_a_logo_stands_in_the_footer_with_the_organisations_name_and_makes_a_new_version(settings: Any) -> None:
    settings.BASE_URL = "https://mail.huila.example"
    plain = VersionFactory.create()
    assert "/logo/" not in plain.html
    Organisation.objects.update(logo="logos/0123abcd.png")
    version = publish_version(template_id=plain.template_id, subject="News", preheader="")
    assert version.number == 2
    [picture] = [each for each in fromstring(version.html).iter("img") if "/logo/" in each.get("src")]
    assert (picture.get("src"), picture.get("alt")) == ("https://mail.huila.example/logo/0123abcd.png", "Huila & Sons")


def test_what_cannot_be_sent_is_not_stored() -> None:
    OrganisationFactory.create()
    template = TemplateFactory.create()
    with pytest.raises(TemplateErrors):
        publish_version(
            template_id=template.id, subject="{{ contact.nick }}", preheader="", known_tags={"contact.first_name"}
        )
    assert not template.versions.exists()


def test_nothing_is_published_while_nobody_knows_who_sends() -> None:
    with pytest.raises(OrganisationMissing):
        publish_version(template_id=TemplateFactory.create().id, subject="News", preheader="")


@pytest.mark.django_db(transaction=True)
def test_publishing_at_the_same_time_gives_one_version_of_each() -> None:
    OrganisationFactory.create()
    template = TemplateFactory.create()

    def publish(subject: str) -> int:
        try:
            return publish_version(template_id=template.id, subject=subject, preheader="").id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(publish, ["News", "News", "Other", "News"]))
    assert len(set(ids)) == 2
    assert sorted(TemplateVersion.objects.values_list("number", flat=True)) == [1, 2]
