"""Who may open and change what: every URL of templates as every role and as nobody."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.types import Role
from templates_app.urls import urlpatterns
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.templates_app import SOURCE, VersionFactory

pytestmark = pytest.mark.django_db
EDITORS = {Role.OWNER, Role.MARKETER, Role.DEVELOPER}
EVERYBODY = set(Role)
# URL name → (method, what the path names, who may).
TABLE: dict[str, tuple[str, str, set[Role]]] = {
    "templates": ("get", "", EVERYBODY),
    "template-new": ("get", "", EDITORS),
    "template-create": ("post", "", EDITORS),
    "template": ("get", "template", EVERYBODY),
    "template-duplicate": ("post", "template", EDITORS),
    "template-rename-in-list": ("post", "template", EDITORS),
    "template-delete": ("post", "template", EDITORS),
    "template-save": ("post", "template", EDITORS),
    "template-state": ("get", "template", EVERYBODY),
    "template-rename": ("post", "template", EDITORS),
    "template-versions": ("get", "template", EVERYBODY),
    "template-publish": ("post", "template", EDITORS),
    "template-compare": ("post", "template", EVERYBODY),
    "template-thumbnail": ("get", "template", EVERYBODY),
    "template-version": ("get", "version", EVERYBODY),
    "template-difference": ("get", "version", EVERYBODY),
    "template-version-source": ("get", "version", EVERYBODY),
    "template-starter": ("get", "starter", EVERYBODY),
    "template-preview": ("post", "", EVERYBODY),
    "template-shown": ("get", "token", EVERYBODY),
    "template-people": ("get", "", EVERYBODY),
}


def test_the_table_knows_every_url() -> None:
    assert set(TABLE) == {str(pattern.name) for pattern in urlpatterns}


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("role", [None, *Role])
def test_each_role_gets_what_it_may(client: Client, name: str, role: Role | None) -> None:
    method, names, allowed = TABLE[name]
    OrganisationFactory.create()
    version = VersionFactory.create(source=SOURCE)
    arguments = {
        "": [],
        "template": [version.template_id],
        "version": [version.pk],
        "starter": ["digest"],
        "token": ["nothing"],
    }[names]
    url = reverse(name, args=arguments)
    user = UserFactory.create(role=role or Role.OWNER)
    if role:
        client.force_login(user)
    answer = getattr(client, method)(url, {"name": "Frost", "revision": "1", "source": SOURCE})
    if role is None:
        assert answer.status_code == 302
        assert "next=" in answer["Location"]
    elif role in allowed:
        assert answer.status_code in ((404,) if names == "token" else (200, 302))
    else:
        assert answer.status_code == 403
    wrong_method = client.get if method == "post" else client.post
    if role:
        assert wrong_method(url).status_code in (403, 405)
