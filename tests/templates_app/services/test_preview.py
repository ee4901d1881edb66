"""The preview is the mail: same path, same bytes, real problems."""

import pytest

from templates_app.errors import TemplateErrors
from templates_app.queries.plans import merge_plan
from templates_app.services.preview import MAIL_TAGS, example_links, preview, unknown_tags
from tests.factories.accounts import OrganisationFactory
from tests.factories.templates_app import SOURCE, VersionFactory
from tests.templates_app.content import body_of, parsed, text_mjml

pytestmark = pytest.mark.django_db
ADA = {"first_name": "Ada", "email": "ada@example.org"}


def test_the_preview_equals_what_the_published_version_sends() -> None:
    version = VersionFactory.create(subject="Hello {{ contact.first_name }}", preheader="Three lots")
    values = {
        "contact": ADA,
        "list": {"name": "Newsletter"},
        "organisation": {
            "name": "Huila & Sons",
            "postal_address": "Torstraße 1\n10119 Berlin\nGermany",
            "website": "https://huila.example",
        },
    }
    sent = parsed(merge_plan(version.pk).render(values, example_links()))
    shown = preview(source=SOURCE, subject="Hello {{ contact.first_name }}", preheader="Three lots", contact_values=ADA)
    assert (shown.html, shown.text) == (body_of(sent, "html"), body_of(sent, "plain"))
    assert shown.subject == sent["Subject"] == "Hello Ada"
    assert shown.size == len(shown.html.encode())


def test_an_inbox_shows_the_preheader_or_else_the_first_words() -> None:
    OrganisationFactory.create()
    given = preview(source=SOURCE, subject="", preheader="Hi {{ contact.first_name }}!", contact_values=ADA)
    assert given.preheader == "Hi Ada!"
    none = preview(source=SOURCE, subject="", preheader="", contact_values=ADA)
    assert none.preheader.startswith("Hello Ada, See the winter lots You get this mail")


def test_before_set_up_a_preview_has_no_footer() -> None:
    assert "nsubscribe" not in preview(source=SOURCE, subject="", preheader="", contact_values={}).text
    OrganisationFactory.create()
    assert "Unsubscribe" in preview(source=SOURCE, subject="", preheader="", contact_values={}).text


def test_mistakes_are_named_and_unknown_merge_tags_too() -> None:
    with pytest.raises(TemplateErrors, match="Line 6: <mj-butten>"):
        preview(source=SOURCE.replace("mj-button", "mj-butten"), subject="", preheader="", contact_values={})
    found = unknown_tags(
        source=text_mjml("{{ contact.frist_name }}"),
        subject="{{ contact.first_name }}",
        preheader="{{ organisation.name }}",
        contact_tags={"contact.first_name"},
    )
    assert [(problem.line, "contact.frist_name" in problem.message) for problem in found] == [(1, True)]
    assert "list.name" in MAIL_TAGS
