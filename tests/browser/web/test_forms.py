"""Forms that leave the page, under an impatient finger."""

import time

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from templates_app.models import Template
from tests.browser.web.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_form_goes_once_however_often_somebody_presses(visit: Visit) -> None:
    page = visit(reverse("template-new"))
    page.route(f"**{reverse('template-create')}", lambda route: (time.sleep(0.4), route.continue_()))
    button = page.get_by_role("button", name="Start blank")
    button.evaluate("button => { button.click(); setTimeout(() => button.click(), 100); }")
    expect(page.get_by_label("Name of the template")).to_have_value("Untitled template")
    assert Template.objects.count() == 1
    # Whoever comes back by the browser's button may begin another.
    page.go_back()
    button.click()
    expect(page.get_by_label("Name of the template")).to_have_value("Untitled template 2")
