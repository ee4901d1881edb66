"""Every URL as every role and as nobody, by GET and by POST, against one table of who may.

A URL that the table does not know fails the first test: say here who may open it before anybody can.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter

from accounts.models import User
from accounts.types import Role
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

NOBODY = None
Who = frozenset[Role | None]
ANYBODY: Who = frozenset({NOBODY, *Role})
MEMBERS: Who = frozenset(Role)
OWNERS: Who = frozenset({Role.OWNER})
WRITERS: Who = frozenset({Role.OWNER, Role.MARKETER})
DESIGNERS: Who = frozenset({Role.OWNER, Role.MARKETER, Role.DEVELOPER})
EXPORTERS: Who = frozenset({Role.OWNER, Role.ANALYST})
GUARDIANS: Who = frozenset({Role.OWNER, Role.MARKETER, Role.DELIVERABILITY})
BUILDERS: Who = frozenset({Role.OWNER, Role.DEVELOPER})
ANSWERERS: Who = frozenset({Role.OWNER, Role.PRIVACY})
POSTMASTERS: Who = frozenset({Role.OWNER, Role.DELIVERABILITY})


class May(NamedTuple):
    """Who may do what; None: the URL knows no such method."""

    get: Who | None = None
    post: Who | None = None


def look(who: Who, *names: str) -> dict[str, May]:
    return dict.fromkeys(names, May(get=who))


def act(who: Who, *names: str) -> dict[str, May]:
    return dict.fromkeys(names, May(post=who))


def both(who: Who, *names: str) -> dict[str, May]:
    return dict.fromkeys(names, May(get=who, post=who))


TABLE: dict[str, May] = {
    # The public: subscribers, monitors, people who are not signed in
    **look(ANYBODY, "health", "logo", "setup", "sign-up-done"),
    **both(
        ANYBODY,
        "sign-up",
        "confirm",
        "preferences",
        "one-click",
        "my-data",
        "track-open",
        "track-click",
        "track-target",
    ),
    **both(ANYBODY, "errand", "webhook"),
    **both(
        ANYBODY, "favicon.ico", "setup-owner", "invitation-accept", "account_login", "account_logout", "account_signup"
    ),
    **both(ANYBODY, "account_reset_password", "account_reset_password_from_key", "account_confirm_email"),
    **both(ANYBODY, "account_confirm_login_code", "mfa_authenticate"),
    **look(ANYBODY, "account_inactive", "account_email_verification_sent"),
    **look(ANYBODY, "account_reset_password_done", "account_reset_password_from_key_done"),
    # Every member's own
    **look(MEMBERS, "home", "home-sending", "palette", "settings"),
    **look(BUILDERS, "style-drawer"),
    **both(BUILDERS, "style-page"),
    **both(MEMBERS, "settings-profile", "usersessions_list", "account_email"),
    **both(MEMBERS, "account_reauthenticate", "account_change_password", "account_set_password"),
    **look(MEMBERS, "mfa_index", "mfa_view_recovery_codes", "mfa_list_webauthn"),
    **both(MEMBERS, "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_reauthenticate_webauthn"),
    **both(MEMBERS, "mfa_generate_recovery_codes", "mfa_download_recovery_codes"),
    **both(MEMBERS, "mfa_add_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn"),
    # The organisation and its team
    **both(OWNERS, "settings-organisation", "settings-team-new", "settings-team-member", "setup-organisation"),
    **look(OWNERS, "settings-team", "settings-audit", "settings-organisation-brand"),
    **act(OWNERS, "settings-team-access", "settings-team-link", "settings-team-again", "settings-team-revoke"),
    **act(OWNERS, "settings-organisation-logo"),
    **both(OWNERS, "settings-permission", "settings-permission-country"),
    # Sending
    **both(POSTMASTERS, "setup-sending", "setup-trial", "settings-providers-new", "settings-providers-one"),
    **both(POSTMASTERS, "settings-streams-new", "settings-streams-one"),
    **look(POSTMASTERS, "settings-providers", "settings-streams"),
    **look(MEMBERS, "warmups", "warmup"),
    **both(POSTMASTERS, "warmup-new"),
    **act(POSTMASTERS, "warmup-act"),
    **look(MEMBERS, "deliverability", "deliverability-lane", "bounces", "replies"),
    **look(MEMBERS, "inbound", "inbound-mail", "inbound-webhooks", "inbound-webhook"),
    **act(POSTMASTERS, "deliverability-lane-resume", "reply-settle", "inbound-mail-again", "inbound-webhook-again"),
    **both(POSTMASTERS, "settings-frequency"),
    **act(POSTMASTERS, "campaign-exempt"),
    **look(POSTMASTERS, "settings-inboxes"),
    **both(POSTMASTERS, "settings-inboxes-new", "settings-inboxes-one"),
    **act(POSTMASTERS, "settings-inboxes-trial", "settings-inboxes-remove"),
    **look(MEMBERS, "alerts"),
    **act(GUARDIANS, "alert-acknowledge"),
    **both(POSTMASTERS, "alerts-channels", "alerts-guardrails"),
    **act(POSTMASTERS, "alerts-channel-trial", "alerts-channel-remove"),
    **act(POSTMASTERS, "settings-providers-trial", "settings-streams-again"),
    **act(POSTMASTERS, "settings-streams-lanes", "settings-streams-route"),
    # Campaigns
    **look(MEMBERS, "campaigns", "campaign", "campaign-state", "campaign-audience", "campaign-checklist", "calendar"),
    **look(MEMBERS, "campaign-mail", "campaign-progress", "campaign-figures", "campaign-people", "campaign-why"),
    **look(MEMBERS, "campaign-canary", "campaign-capacity"),
    **both(WRITERS, "campaign-new", "campaign-test", "campaign-move"),
    **act(WRITERS, "campaign-save", "campaign-review", "campaign-send", "campaign-undo", "campaign-duplicate"),
    **act(WRITERS, "campaign-pause", "campaign-resume", "campaign-cancel", "campaign-delete"),
    **act(WRITERS, "campaign-canary-decide"),
    **act(POSTMASTERS, "campaign-approve"),
    # The audience
    **look(MEMBERS, "segments", "segment", "segment-compare"),
    **act(MEMBERS, "segment-count"),
    **both(WRITERS, "segment-new", "segment-edit"),
    **act(WRITERS, "segment-shape", "segment-live", "segment-drop", "segment-delete"),
    **look(MEMBERS, "contacts", "contact", "contact-certificate", "lists"),
    **act(MEMBERS, "contact-columns", "contact-view-save"),
    **both(WRITERS, "contact-new", "contact-edit", "list", "list-new"),
    **both(WRITERS, "settings-fields", "settings-field", "settings-lifecycle", "contacts-compare"),
    **act(WRITERS, "settings-lifecycle-preview", "duplicates-look"),
    **look(MEMBERS, "duplicates"),
    **both(WRITERS, "form-new", "form", "form-language"),
    **act(WRITERS, "form-open"),
    **look(MEMBERS, "forms", "form-preview", "form-qr", "consent", "consent-ending"),
    **act(WRITERS, "consent-segment", "reconfirm-new"),
    **both(ANYBODY, "reconfirm"),
    **act(WRITERS, "contact-view-delete", "contact-act"),
    **act(EXPORTERS, "contacts-export"),
    **both(MEMBERS, "sunset"),
    **look(MEMBERS, "sunset-people", "list-health", "list-health-one", "list-health-people"),
    **act(WRITERS, "sunset-save", "sunset-segment"),
    **look(WRITERS, "imports", "import", "import-progress", "import-report"),
    **both(WRITERS, "import-new"),
    **act(WRITERS, "import-save", "import-start", "import-again", "import-discard"),
    **look(MEMBERS, "privacy-requests", "privacy-request"),
    **both(frozenset({Role.OWNER, Role.MARKETER, Role.PRIVACY}), "privacy-request-new"),
    **act(ANSWERERS, "privacy-request-answer", "contact-lift-restriction"),
    **both(ANSWERERS, "settings-retention"),
    **look(ANSWERERS, "settings-processing"),
    **act(WRITERS, "import-pause", "import-cancel", "import-decide"),
    **both(WRITERS, "import-undo"),
    **look(WRITERS, "import-review"),
    **look(MEMBERS, "suppressions"),
    **both(GUARDIANS, "suppressions-new", "suppressions-import"),
    **both(POSTMASTERS, "suppressions-policy"),
    **act(GUARDIANS, "suppression-lift"),
    **act(EXPORTERS, "suppressions-export"),
    # Templates
    **look(MEMBERS, "templates", "template", "template-state", "template-versions", "template-version"),
    **look(MEMBERS, "template-thumbnail", "template-difference", "template-version-source", "template-starter"),
    **look(MEMBERS, "template-shown", "template-people"),
    **act(MEMBERS, "template-compare", "template-preview"),
    **look(DESIGNERS, "template-new"),
    **both(DESIGNERS, "template-test"),
    **act(DESIGNERS, "template-create", "template-duplicate", "template-rename-in-list", "template-delete"),
    **act(DESIGNERS, "template-save", "template-rename", "template-publish"),
}


class Place(NamedTuple):
    """One URL, at a path where nothing is, so that a method that is allowed changes nothing."""

    name: str
    path: str


def places(resolver: URLResolver, above: dict[str, object] | None = None) -> Iterator[Place]:
    """All but those of /ops/, which Django's own admin guards."""
    for pattern in resolver.url_patterns:
        converters = pattern.pattern.converters
        arguments = {
            **(above or {}),
            **{
                name: 2_000_000_000 if isinstance(converters.get(name), IntConverter) else "nothing"
                for name in pattern.pattern.regex.groupindex
            },
        }
        if isinstance(pattern, URLPattern):
            name = pattern.name or str(pattern.pattern)
            yield Place(name, reverse(name, kwargs=arguments) if pattern.name else f"/{name}")
        elif pattern.app_name != "admin":
            yield from places(pattern, arguments)


PLACES = list(places(get_resolver()))


def test_the_table_knows_every_url() -> None:
    assert {place.name for place in PLACES} == set(TABLE)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_each_may_do_what_the_table_says(place: Place) -> None:
    members: dict[Role | None, User | None] = {role: UserFactory.create(role=role) for role in Role}
    members[NOBODY] = None
    may = TABLE[place.name]
    found = {
        (method, role or "nobody"): outcome(method, place.path, user)
        for method in ("get", "post")
        for role, user in members.items()
    }
    assert found == {
        (method, role or "nobody"): expected(getattr(may, method), role, may)
        for method in ("get", "post")
        for role in members
    }


def expected(who: Who | None, role: Role | None, may: May) -> str:
    is_public = NOBODY in (may.get or may.post or frozenset())
    if role is NOBODY and not is_public:
        return "sign in"
    if who is None:
        return "no such method"
    return "allowed" if role in who else "refused"


def outcome(method: str, path: str, user: User | None) -> str:
    client = Client()
    if user is not None:
        client.force_login(user)
    answer = getattr(client, method)(path)
    if answer.status_code == 302 and answer.headers["Location"].startswith(f"{reverse('account_login')}?next="):
        return "sign in"
    return {403: "refused", 405: "no such method"}.get(answer.status_code, "allowed")


@pytest.mark.parametrize("role", list(Role))
def test_operations_are_for_staff_whatever_their_role(role: Role) -> None:
    client = Client()
    client.force_login(UserFactory.create(role=role))
    assert client.get("/ops/accounts/user/").status_code == 302
    client.force_login(UserFactory.create(role=role, is_staff=True))
    # A member of the staff gets in, and sees only what Django's own permissions grant.
    assert client.get("/ops/").status_code == 200
    assert client.get("/ops/accounts/user/").status_code == 403
    client.force_login(User.objects.create_superuser("root@huila.example", "a horse of nine colours"))
    assert client.get("/ops/accounts/user/").status_code == 200
