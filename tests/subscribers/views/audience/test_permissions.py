"""Who may open and do what: every screen of the audience as every role and as nobody."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.types import Role
from subscribers.models import CustomField, ImportRun, SavedView, Segment, SignUpForm
from subscribers.services.rights import PERSON, open_request
from subscribers.types import RequestKind
from subscribers.urls import urlpatterns
from tests.factories.accounts import UserFactory
from tests.factories.subscribers import ConsentWordingFactory, MailingListFactory, subscribed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folders")]
WRITERS = {Role.OWNER, Role.MARKETER}
ANSWERERS = {Role.OWNER, Role.PRIVACY}
EVERYBODY = set(Role)
PUBLIC = {"reconfirm", "sign-up", "sign-up-done", "confirm", "preferences", "one-click", "my-data", "errand"}
# URL name → (method, what stands in the path, who may).
TABLE: dict[str, tuple[str, tuple[str, ...], set[Role]]] = {
    "contacts": ("get", (), EVERYBODY),
    "contact-new": ("get", (), WRITERS),
    "contact-columns": ("post", (), EVERYBODY),
    "contacts-export": ("post", (), {Role.OWNER, Role.ANALYST}),
    "contact-view-save": ("post", (), EVERYBODY),
    "contact-view-delete": ("post", ("view",), WRITERS),
    "contact": ("get", ("contact",), EVERYBODY),
    "contact-certificate": ("get", ("contact",), EVERYBODY),
    "contact-edit": ("get", ("contact",), WRITERS),
    "contact-act": ("post", ("contact",), WRITERS),
    "contact-lift-restriction": ("post", ("contact",), ANSWERERS),
    "privacy-requests": ("get", (), EVERYBODY),
    "privacy-request-new": ("get", (), WRITERS | ANSWERERS),
    "privacy-request": ("get", ("request",), EVERYBODY),
    "privacy-request-answer": ("post", ("request",), ANSWERERS),
    "settings-retention": ("get", (), ANSWERERS),
    "settings-processing": ("get", (), ANSWERERS),
    "suppressions-policy": ("get", (), {Role.OWNER, Role.DELIVERABILITY}),
    "warmup-new": ("get", (), {Role.OWNER, Role.DELIVERABILITY}),
    "duplicates": ("get", (), EVERYBODY),
    "duplicates-look": ("post", (), WRITERS),
    "contacts-compare": ("get", ("contact", "other"), WRITERS),
    "settings-lifecycle": ("get", (), WRITERS),
    "settings-lifecycle-preview": ("post", (), WRITERS),
    "settings-fields": ("get", (), WRITERS),
    "settings-field": ("get", ("field",), WRITERS),
    "settings-frequency": ("get", (), {Role.OWNER, Role.DELIVERABILITY}),
    "settings-permission": ("get", (), {Role.OWNER}),
    "settings-permission-country": ("get", ("country",), {Role.OWNER}),
    "list-health": ("get", (), EVERYBODY),
    "list-health-one": ("get", ("list",), EVERYBODY),
    "list-health-people": ("get", ("list", "kind"), EVERYBODY),
    "sunset": ("get", (), EVERYBODY),
    "sunset-save": ("post", (), WRITERS),
    "sunset-people": ("get", ("list", "step"), EVERYBODY),
    "sunset-segment": ("post", ("list",), WRITERS),
    "lists": ("get", (), EVERYBODY),
    "list-new": ("get", (), WRITERS),
    "list": ("get", ("list",), WRITERS),
    "segments": ("get", (), EVERYBODY),
    "segment": ("get", ("segment",), EVERYBODY),
    "segment-compare": ("get", (), EVERYBODY),
    "segment-count": ("post", ("segment",), EVERYBODY),
    "segment-new": ("get", (), WRITERS),
    "segment-edit": ("get", ("segment",), WRITERS),
    "segment-shape": ("post", (), WRITERS),
    "segment-live": ("post", (), WRITERS),
    "segment-drop": ("post", (), WRITERS),
    "segment-delete": ("post", ("segment",), WRITERS),
    "consent": ("get", (), EVERYBODY),
    "consent-ending": ("get", ("list",), EVERYBODY),
    "consent-segment": ("post", ("list",), WRITERS),
    "forms": ("get", (), EVERYBODY),
    "form-new": ("get", (), WRITERS),
    "form": ("get", ("form",), WRITERS),
    "form-open": ("post", ("form",), WRITERS),
    "form-preview": ("get", ("form",), EVERYBODY),
    "form-qr": ("get", ("form",), EVERYBODY),
    "form-language": ("get", ("form", "locale"), WRITERS),
    "imports": ("get", (), WRITERS),
    "import-new": ("get", (), WRITERS),
    "import": ("get", ("run",), WRITERS),
    "import-save": ("post", ("run",), WRITERS),
    "import-start": ("post", ("run",), WRITERS),
    "import-progress": ("get", ("run",), WRITERS),
    "import-again": ("post", ("run",), WRITERS),
    "import-pause": ("post", ("run",), WRITERS),
    "import-cancel": ("post", ("run",), WRITERS),
    "import-undo": ("get", ("run",), WRITERS),
    "import-review": ("get", ("run",), WRITERS),
    "import-decide": ("post", ("run",), WRITERS),
    "import-discard": ("post", ("run",), WRITERS),
    "import-report": ("get", ("run", "which"), WRITERS),
}


def test_the_table_knows_every_url() -> None:
    assert {*TABLE, *PUBLIC} == {str(pattern.name) for pattern in urlpatterns}


@pytest.mark.usefixtures("tasks_at_once")
@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("role", [None, *Role])
def test_each_role_gets_what_it_may(client: Client, name: str, role: Role | None) -> None:
    method, parts, allowed = TABLE[name]
    news = MailingListFactory.create(slug="news")
    form = SignUpForm.objects.create(slug="letters", title="Our letters", wording=ConsentWordingFactory.create())
    form.lists.add(news)
    places = {
        "contact": subscribed(news).pk,
        "other": subscribed(news).pk,
        "list": news.pk,
        "form": form.pk,
        "run": ImportRun.objects.create(file_name="people.csv", mailing_list=news, state="finished").pk,
        "view": SavedView.objects.create(name="Paused", query="paused=yes", saved_by="Mira").pk,
        "which": "rejects",
        "step": "win_back",
        "kind": "unsubscribed",
        "segment": Segment.objects.create(name="All", rules={"type": "all", "rules": []}).pk,
        "country": "DE",
        "field": CustomField.objects.create(key="city", label="City").pk,
        "locale": "de",
        "request": open_request(
            contact_id=subscribed(news).pk, kind=RequestKind.EXPORT, source="mail", actor=PERSON
        ).pk,
    }
    if role:
        client.force_login(UserFactory.create(role=role))
    status = getattr(client, method)(reverse(name, args=[places[part] for part in parts])).status_code
    if role is None:
        assert status == 302
    elif role in allowed:
        # Not everything can be done to everything; what matters here is that the role may.
        assert status in (200, 302, 400, 404, 409), status
    else:
        assert status == 403
