"""Who may open and do what: every URL of campaigns as every role and as nobody."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.types import Role
from campaigns.urls import urlpatterns
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import CampaignFactory

pytestmark = pytest.mark.django_db
WRITERS = {Role.OWNER, Role.MARKETER}
EVERYBODY = set(Role)
# URL name → (method, what follows the campaign in the path, who may).
TABLE: dict[str, tuple[str, list[str] | None, set[Role]]] = {
    "campaigns": ("get", None, EVERYBODY),
    "campaign-new": ("get", None, WRITERS),
    "reconfirm-new": ("post", None, WRITERS),
    "campaign": ("get", [], EVERYBODY),
    "campaign-save": ("post", [], WRITERS),
    "campaign-state": ("get", [], EVERYBODY),
    "campaign-audience": ("get", [], EVERYBODY),
    "campaign-checklist": ("get", [], EVERYBODY),
    "campaign-mail": ("get", [], EVERYBODY),
    "campaign-test": ("get", [], WRITERS),
    "campaign-review": ("post", [], WRITERS),
    "campaign-approve": ("post", [], {Role.OWNER, Role.DELIVERABILITY}),
    "campaign-exempt": ("post", [], {Role.OWNER, Role.DELIVERABILITY}),
    "campaign-send": ("post", [], WRITERS),
    "campaign-undo": ("post", [], WRITERS),
    "campaign-pause": ("post", [], WRITERS),
    "campaign-resume": ("post", [], WRITERS),
    "campaign-cancel": ("post", [], WRITERS),
    "campaign-capacity": ("get", [], EVERYBODY),
    "campaign-canary": ("get", [], EVERYBODY),
    "campaign-canary-decide": ("post", [], WRITERS),
    "campaign-move": ("get", [], WRITERS),
    "campaign-duplicate": ("post", [], WRITERS),
    "campaign-delete": ("post", [], WRITERS),
    "campaign-progress": ("get", [], EVERYBODY),
    "campaign-figures": ("get", [], EVERYBODY),
    "campaign-people": ("get", ["accepted"], EVERYBODY),
    "campaign-why": ("get", [], EVERYBODY),
    "calendar": ("get", None, EVERYBODY),
}


def test_the_table_knows_every_url() -> None:
    # Tests of templates belong to the table of templates' own screens.
    assert {*TABLE, "template-test"} == {str(pattern.name) for pattern in urlpatterns}


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("role", [None, *Role])
def test_each_role_gets_what_it_may(client: Client, name: str, role: Role | None) -> None:
    method, rest, allowed = TABLE[name]
    campaign = CampaignFactory.create()
    url = reverse(name, args=[] if rest is None else [campaign.pk, *rest])
    if role:
        client.force_login(UserFactory.create(role=role))
    status = getattr(client, method)(url).status_code
    if role is None:
        assert status == 302
    elif role in allowed:
        # Not every state allows every step; what matters here is that the role does.
        assert status in (200, 302, 409), status
    else:
        assert status == 403


def test_nobody_hears_of_a_campaign_that_does_not_exist(client: Client) -> None:
    client.force_login(UserFactory.create(role=Role.OWNER))
    assert client.get(reverse("campaign", args=[4711])).status_code == 404
    assert client.get(reverse("campaign-people", args=[CampaignFactory.create().pk, "strangers"])).status_code == 404
