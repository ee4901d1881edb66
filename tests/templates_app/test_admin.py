"""Templates at /ops/: mistakes are shown with their line, versions cannot be changed."""

import pytest
from django.test import Client

from accounts.models import User
from templates_app.models import Template
from tests.factories.templates_app import SOURCE, VersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("operator@huila.example", "secret"))
    return client


def test_a_broken_template_is_not_saved_and_says_where(operator: Client) -> None:
    broken = SOURCE.replace("mj-button", "mj-butten")
    response = operator.post("/ops/templates_app/template/add/", {"name": "Winter", "source": broken})
    assert "Line 6: &lt;mj-butten&gt; is not an MJML tag. Did you mean &lt;mj-button&gt;?" in response.content.decode()
    assert not Template.objects.exists()
    operator.post("/ops/templates_app/template/add/", {"name": "Winter", "source": SOURCE})
    assert Template.objects.get().name == "Winter"


def test_versions_are_read_only(operator: Client) -> None:
    version = VersionFactory.create()
    page = operator.get(f"/ops/templates_app/templateversion/{version.id}/change/")
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
