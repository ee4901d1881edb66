"""What the template editor asks the server: saving, previews, people, versions."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.types import Role
from templates_app.models import Template
from templates_app.queries.starters import starter_sources
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.subscribers import ContactFactory
from tests.factories.templates_app import SOURCE, TemplateFactory, VersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketer(client: Client) -> Client:
    OrganisationFactory.create()
    client.force_login(
        UserFactory.create(role=Role.MARKETER, first_name="Mira", last_name="Lang", time_zone="Europe/Berlin")
    )
    return client


def save(client: Client, template: Template, revision: int, source: str) -> Any:
    content = {"revision": revision, "source": source, "subject": "S", "preheader": ""}
    return client.post(reverse("template-save", args=[template.pk]), content)


def previewed(client: Client, **changes: str) -> dict[str, Any]:
    content = {"source": SOURCE, "subject": "", "preheader": "", "person": "sample", **changes}
    return dict(client.post(reverse("template-preview"), content).json())


def shown(client: Client, answer: dict[str, Any], query: str = "") -> str:
    return client.get(answer["mail"]["page"] + query).content.decode()


@pytest.mark.parametrize("source", starter_sources().values(), ids=starter_sources())
def test_our_starters_need_no_field_of_anybodys_own(marketer: Client, source: str) -> None:
    assert previewed(marketer, source=source)["problems"] == []


def test_a_save_answers_with_its_revision_and_the_viewers_clock(marketer: Client) -> None:
    template = TemplateFactory.create()
    answer = save(marketer, template, 1, "<broken\r\ntext").json()
    assert (answer["revision"], answer["saved_by"], answer["is_mine"]) == (2, "Mira Lang", True)
    assert answer["saved_at"].endswith("Berlin time")
    template.refresh_from_db()
    assert template.source == "<broken\ntext"


def test_a_late_save_is_told_who_was_first_and_what_they_wrote(marketer: Client) -> None:
    template = TemplateFactory.create()
    save(marketer, template, 1, "theirs")
    refused = save(marketer, template, 1, "mine")
    assert refused.status_code == 409
    answer = refused.json()
    assert (answer["source"], answer["saved_by"], answer["revision"]) == ("theirs", "Mira Lang", 2)


def test_a_deleted_template_is_said_in_words(marketer: Client) -> None:
    template = TemplateFactory.create()
    template.delete()
    template.pk = 4711
    answer = save(marketer, template, 1, "mine")
    assert answer.status_code == 404
    assert "deleted" in answer.json()["words"]


def test_the_state_carries_the_text_only_when_it_is_news(marketer: Client) -> None:
    template = TemplateFactory.create()
    url = reverse("template-state", args=[template.pk])
    assert "source" not in marketer.get(url, {"revision": 1}).json()
    save(marketer, template, 1, "new")
    assert marketer.get(url, {"revision": 1}).json()["source"] == "new"


def test_a_lost_session_answers_401_and_no_login_page(client: Client) -> None:
    url = reverse("template-save", args=[TemplateFactory.create().pk])
    assert client.post(url, {"revision": 1, "source": "x"}, headers={"HX-Request": "true"}).status_code == 401


def test_problems_have_line_advice_and_severity(marketer: Client) -> None:
    broken = previewed(marketer, source=SOURCE.replace("mj-button", "mj-butten"))
    assert broken["mail"] is None
    assert broken["problems"][0] == {
        "message": "<mj-butten> is not an MJML tag.",
        "advice": "Did you mean <mj-button>?",
        "line": 6,
        "field": "source",
        "severity": "error",
    }
    unknown = previewed(marketer, source=SOURCE.replace("contact.first_name", "contact.frist_name"))
    assert unknown["problems"][0]["severity"] == "warning"
    assert unknown["mail"] is not None


def test_the_mail_is_shown_as_any_person(marketer: Client) -> None:
    ada = ContactFactory.create(email="ada@example.org", first_name="Ada")
    assert "Hello Alex," in previewed(marketer)["mail"]["text"]
    assert "Hello there," in previewed(marketer, person="nameless")["mail"]["text"]
    assert "Maximiliana" in previewed(marketer, person="long")["mail"]["text"]
    assert "Hello Ada," in previewed(marketer, person=f"contact:{ada.pk}")["mail"]["text"]
    source = SOURCE.replace("Hello", '{% if contact.country == "CH" %}Grüezi{% else %}Hello{% endif %}')
    branched = previewed(marketer, source=source)
    assert branched["branches"] == ["country is CH", "without country"]
    assert "Grüezi" in previewed(marketer, source=source, person="branch:0")["mail"]["text"]


def test_people_are_found_by_the_start_of_name_or_address(marketer: Client) -> None:
    ada = ContactFactory.create(email="ada@example.org", first_name="Ada", last_name="Okafor")
    ContactFactory.create(email="bo@example.org", first_name="Bo")
    found = marketer.get(reverse("template-people"), {"q": "ada"}).json()["people"]
    assert found == [{"id": ada.pk, "label": "Ada Okafor · ada@example.org"}]


def test_the_shown_mail_may_style_itself_and_do_nothing_else(marketer: Client) -> None:
    answer = previewed(marketer)
    page = marketer.get(answer["mail"]["page"])
    policy = dict(part.strip().split(" ", 1) for part in page["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == policy["form-action"] == "'none'"
    assert policy["style-src"] == "'unsafe-inline'"
    assert policy["frame-ancestors"] == "'self'"
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in page["Cache-Control"]
    without = marketer.get(answer["mail"]["page"], {"images": "off"})["Content-Security-Policy"]
    assert "img-src 'none'" in without


def test_the_editors_own_policy_lets_only_styles_with_its_nonce_in(marketer: Client) -> None:
    page = marketer.get(reverse("template", args=[TemplateFactory.create().pk]))
    policy = page["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self' 'nonce-" in policy


def test_a_preview_belongs_to_who_made_it(marketer: Client) -> None:
    url = previewed(marketer)["mail"]["page"]
    assert marketer.get(url).status_code == 200
    other = Client()
    other.force_login(UserFactory.create(role=Role.OWNER))
    assert other.get(url).status_code == 404


def test_dark_uses_the_mails_own_style_or_says_that_clients_invert(marketer: Client) -> None:
    plain = previewed(marketer)
    assert plain["mail"]["adapts_to_dark"] is False
    assert "invert(1)" in shown(marketer, plain, "?dark=1")
    style = "<mj-head><mj-style>@media (prefers-color-scheme: dark) { p { color: #fff; } }</mj-style></mj-head>"
    adapting = previewed(marketer, source=SOURCE.replace("<mj-body>", f"{style}<mj-body>", 1))
    assert adapting["mail"]["adapts_to_dark"] is True
    dark = shown(marketer, adapting, "?dark=1")
    assert "invert(1)" not in dark
    assert "prefers-color-scheme" not in dark.replace("(prefers-color-scheme:light)", "")
    assert "invert" not in shown(marketer, plain)


def test_thumbnails_are_drawn_once_a_revision_even_of_broken_drafts(marketer: Client) -> None:
    template = TemplateFactory.create()
    url = reverse("template-thumbnail", args=[template.pk])
    first = marketer.get(url)
    assert "Hello Alex," in first.content.decode()
    assert marketer.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    save(marketer, template, 1, "<mjml>")
    second = marketer.get(url, headers={"If-None-Match": first["ETag"]})
    assert "Not finished yet" in second.content.decode()


def test_a_draft_becomes_a_version_only_when_it_compiles(marketer: Client) -> None:
    template = TemplateFactory.create(subject="{{ contact.first_name | default: 'Friend' }}, autumn")
    url = reverse("template-publish", args=[template.pk])
    page = marketer.post(url, headers={"HX-Request": "true"})
    version = template.versions.get()
    assert (version.number, version.subject, version.author) == (1, template.subject, "Mira Lang")
    assert "Version 1 · Friend, autumn<" in page.content.decode()
    assert "Berlin time" in page.content.decode()
    save(marketer, template, 1, SOURCE.replace("mj-button", "mj-butten"))
    refused = marketer.post(url, headers={"HX-Request": "true"}).content.decode()
    assert "Line 6: &lt;mj-butten&gt; is not an MJML tag." in refused
    assert template.versions.count() == 1


def test_versions_are_shown_compared_and_handed_back(marketer: Client) -> None:
    version = VersionFactory.create(subject="Autumn")
    save(marketer, version.template, 1, SOURCE.replace("Hello", "Goodbye"))
    assert "Hello Alex," in marketer.get(reverse("template-version", args=[version.pk])).content.decode()
    page = marketer.get(reverse("template-difference", args=[version.pk])).content.decode()
    assert "Removed:" in page
    assert "Goodbye" in page
    handed = marketer.get(reverse("template-version-source", args=[version.pk])).json()
    assert handed == {"source": SOURCE, "subject": "Autumn", "preheader": ""}


def test_an_unsaved_text_is_compared_with_what_somebody_else_saved(marketer: Client) -> None:
    template = TemplateFactory.create(source="one\ntwo", saved_by="Ada")
    page = marketer.post(reverse("template-compare", args=[template.pk]), {"source": "one\nthree"}).content.decode()
    assert "Saved by Ada" in page
    assert "three" in page


def test_the_way_back_leads_only_to_our_own_pages(marketer: Client) -> None:
    url = reverse("template", args=[TemplateFactory.create().pk])
    assert 'href="/campaigns/7"' in marketer.get(url, {"next": "/campaigns/7"}).content.decode()
    assert "evil.example" not in marketer.get(url, {"next": "https://evil.example/"}).content.decode()


def test_who_may_only_look_gets_an_editor_without_tools(client: Client) -> None:
    client.force_login(UserFactory.create(role=Role.ANALYST))
    page = client.get(reverse("template", args=[TemplateFactory.create().pk])).content.decode()
    assert "You may look, not edit" in page
    assert 'id="undo"' not in page
