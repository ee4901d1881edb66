"""Forms and pages: built by the team, put on any site."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from subscribers.models import CustomField, FormDay, MailingList, SignUpForm
from tests.factories.accounts import OrganisationFactory
from tests.factories.subscribers import MailingListFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lists() -> list[MailingList]:
    return [MailingListFactory.create(slug="news"), MailingListFactory.create(slug="offers")]


def given(lists: list[MailingList], **more: Any) -> dict[str, Any]:
    texts = {"title": "Our letters", "wording": "Yes, send me News.", "is_open": "on", "locale": "en"}
    return {**texts, "lists": [each.pk for each in lists], **more}


def make(owner: Client, lists: list[MailingList], **more: Any) -> SignUpForm:
    assert owner.post(reverse("form-new"), given(lists, **more)).status_code == 302
    return SignUpForm.objects.latest("pk")


def test_a_changed_wording_is_a_new_version_and_the_old_one_stays(owner: Client, lists: list[MailingList]) -> None:
    form = make(owner, lists[:1], **{"ask-first_name": "must", "thanks": "See you soon"})
    first = form.wording
    assert (list(form.lists.all()), form.fields, form.thanks) == (lists[:1], [["first_name", True]], "See you soon")
    owner.post(reverse("form", args=[form.pk]), given(lists, wording="Yes, send me the News.", title="Letters"))
    form.refresh_from_db()
    assert (form.wording.version, form.slug, form.lists.count()) == (first.version + 1, "our-letters", 2)
    first.refresh_from_db()
    assert first.text == "Yes, send me News."
    page = owner.get(reverse("form", args=[form.pk])).content.decode()
    assert page.index("Yes, send me the News.</blockquote>") < page.index("Yes, send me News.</blockquote>")


def test_the_code_asks_what_the_form_asks_and_posts_to_us_without_script_or_cookie(
    owner: Client, lists: list[MailingList]
) -> None:
    CustomField.objects.create(key="city", label="City", kind="text")
    form = make(owner, lists, **{"ask-city": "must", "locale": "de"})
    page = owner.get(reverse("form", args=[form.pk]))
    code = page.context["embed"]
    assert '<form action="http://127.0.0.1:8000/s/our-letters?lang=de" method="post">' in code
    assert re.findall(r'name="([^"]+)"', code) == ["email", "field-city", "lists", "lists", "website"]
    assert "Anmelden" in code
    assert "<script" not in code
    assert "csrf" not in code


def test_a_form_learns_a_language_and_unlearns_it(owner: Client, lists: list[MailingList]) -> None:
    form = make(owner, lists)
    place = reverse("form-language", args=[form.pk, "de"])
    owner.post(place, {"title": "Unsere Briefe", "wording": "Ja, schickt sie mir."})
    text = form.translations.get()
    assert (text.locale, text.title, text.wording.locale) == ("de", "Unsere Briefe", "de")
    owner.post(place, {"do": "drop"})
    assert not form.translations.exists()
    for locale in ("en", "xx"):
        assert owner.get(reverse("form-language", args=[form.pk, locale])).status_code == 404


def test_a_form_closes_and_opens(owner: Client, client: Client, lists: list[MailingList]) -> None:
    OrganisationFactory.create()
    form = make(owner, lists)
    owner.post(reverse("form-open", args=[form.pk]), {"open": "no"})
    assert client.get("/s/our-letters").status_code == 404
    owner.post(reverse("form-open", args=[form.pk]), {"open": "yes"})
    assert client.get("/s/our-letters").status_code == 200


def test_nothing_can_be_sent_from_the_preview_and_only_we_frame_it(owner: Client, lists: list[MailingList]) -> None:
    page = owner.get(reverse("form-preview", args=[make(owner, lists).pk]))
    policy = page["Content-Security-Policy"]
    assert "form-action 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert page["X-Frame-Options"] == "SAMEORIGIN"


def test_the_link_comes_as_a_picture(owner: Client, lists: list[MailingList]) -> None:
    picture = owner.get(reverse("form-qr", args=[make(owner, lists).pk]))
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<?xml")


def test_counts_are_read_from_days_and_cost_the_same_for_many_forms(owner: Client, lists: list[MailingList]) -> None:
    forms = [make(owner, lists, title=f"Form {number}") for number in range(2)]
    today = timezone.now().date()
    FormDay.objects.create(form=forms[0], day=today, signed_up=40, confirmed=30)
    FormDay.objects.create(form=forms[0], day=today.replace(year=today.year - 1), signed_up=9, confirmed=9)
    with CaptureQueriesContext(connection) as few:
        page = owner.get(reverse("forms")).content.decode()
    assert "75 %" in page
    for number in range(2, 6):
        make(owner, lists, title=f"Form {number}")
    with CaptureQueriesContext(connection) as many:
        owner.get(reverse("forms"))
    assert len(many) == len(few)


@pytest.mark.parametrize("wrong", [{"lists": []}, {"brand_color": "purple"}, {"wording": ""}])
def test_what_is_missing_is_said_and_nothing_is_made(
    owner: Client, lists: list[MailingList], wrong: dict[str, Any]
) -> None:
    assert owner.post(reverse("form-new"), {**given(lists), **wrong}).status_code == 200
    assert not SignUpForm.objects.exists()
