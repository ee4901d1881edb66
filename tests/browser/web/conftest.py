"""Pages of the web admin as a member of the team sees them, under the real policy, with every complaint caught."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from accounts.models import User
from tests.factories.accounts import UserFactory

Visit = Callable[..., Page]
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def visit(browser: Browser, live_server: Any, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Opens a page of the web admin, signed in with a role ("" for nobody).

    An error on the console or a request to another host fails the test, unless `visit.allow` (a list of patterns)
    names it: a test that provokes a 401 says so.
    """
    contexts: list[Any] = []
    complaints: list[str] = []

    def visit(
        path: str = "/",
        *,
        role: str = "owner",
        width: int = 1440,
        height: int = 900,
        theme: str = "light",
        user: User | None = None,
    ) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)  # type: ignore[arg-type]
        contexts.append(context)
        if user or role:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": signed_in(user or member(role))}
            context.add_cookies([{**cookie, "url": live_server.url}])
        # The context hears the tabs that a page opens, too.
        context.on("console", lambda message: _hear(message, complaints))
        context.on("request", lambda request: _watch(request, live_server.url, complaints))
        context.on("weberror", lambda found: complaints.append(str(found.error)))
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    visit.allow = []  # type: ignore[attr-defined]
    yield visit
    for context in contexts:
        context.close()
    _await_end_of_requests()
    allowed = visit.allow  # type: ignore[attr-defined]
    assert [text for text in complaints if not any(re.search(pattern, text) for pattern in allowed)] == []


def _await_end_of_requests() -> None:
    """A page that is closed leaves its last requests to the server, which would meet the emptying of the database."""
    deadline = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND backend_type = 'client backend' AND state <> 'idle'"
            )
            if cursor.fetchone()[0] == 0:
                return
            time.sleep(0.02)


def member(role: str) -> User:
    """The member of this role, made at the first call."""
    email = f"{role}@huila.example"
    found = User.objects.filter(email=email).first()
    return found or UserFactory.create(
        email=email, role=role, first_name="Mira", last_name="Lang", time_zone="Europe/Berlin"
    )


def signed_in(user: User) -> str:
    """The key of a new session."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": _TAGS}}).response["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]


def small_targets(page: Page) -> list[str]:
    """Controls that are smaller than 24 by 24 px; links within a sentence may be (WCAG 2.5.8)."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => [...document.querySelectorAll("button, input, select, textarea, summary, a.button, nav a, [role=tab]")]
            .filter(element => element.checkVisibility({visibilityProperty: true}))
            .map(element => [element, (element.closest("label") ?? element).getBoundingClientRect()])
            .filter(([, box]) => box.width > 1 && (box.width < 24 || box.height < 24))
            .map(([element]) => element.outerHTML.slice(0, 120))"""
    )


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def _hear(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type in ("error", "warning"):
        complaints.append(message.text)


def _watch(request: Request, base: str, complaints: list[str]) -> None:
    if not request.url.startswith((base, "data:", "about:", "blob:")):
        complaints.append(f"foreign request: {request.url}")
