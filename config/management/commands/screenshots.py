"""Takes a picture of every screen, on a phone and on a desk, light and dark, from the data that is there."""

import os
import shutil
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management.base import BaseCommand, CommandError
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler, get_internal_wsgi_application
from django.urls import NoReverseMatch
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import User
from accounts.types import Role
from config.web.screens import SCREENS, Screen

WIDTHS = (1440, 390)
THEMES = ("light", "dark")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


class Command(BaseCommand):
    help = "Saves every screen of the web admin at 1440 and 390 pixels, light and dark. Run `make demo ONCE=1` first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", help="only screens whose name begins so")
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "screenshots")

    def handle(self, *, names: list[str], folder: Path, **_options: Any) -> None:
        # Playwright's loop runs in this thread, where Django would otherwise refuse to touch the database.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        folder.mkdir(parents=True, exist_ok=True)
        wanted = [screen for screen in SCREENS if not names or screen.name.startswith(tuple(names))]
        session = _sign_in()
        with _server() as base, _chromium() as browser:
            for screen in wanted:
                self.stdout.write(f"{screen.name}: {_take(browser, base, session, screen, folder)}")


def _take(browser: Browser, base: str, session: str, screen: Screen, folder: Path) -> str:
    try:
        path = screen.path()
    except NoReverseMatch:
        return "no such page yet"
    if path is None:
        return "nothing to show"
    for width in WIDTHS:
        for theme in THEMES:
            context = browser.new_context(viewport={"width": width, "height": 900})
            context.add_cookies(
                [
                    {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base},
                    {"name": "theme", "value": theme, "url": base},
                ]
            )
            page = context.new_page()
            page.goto(base + path)
            _settle(page, screen, is_phone=width < WIDTHS[0])
            page.screenshot(path=folder / f"{screen.name}-{width}-{theme}.png", full_page=not screen.press)
            context.close()
    return path


def _settle(page: Page, screen: Screen, *, is_phone: bool) -> None:
    # Previews and figures arrive on their own.
    page.wait_for_load_state("networkidle")
    for control in (screen.phone_first if is_phone else "", screen.press):
        if control:
            page.click(control)
            page.wait_for_timeout(500)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(150)


def _sign_in() -> str:
    """A session of an owner. Raises CommandError where there is none."""
    owner = User.objects.filter(role=Role.OWNER, is_active=True).order_by("id").first()
    if owner is None:
        raise CommandError("Nobody owns this database yet, so there is nothing to show. Run `make demo ONCE=1` first.")
    session = SessionStore()
    session[SESSION_KEY] = str(owner.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@contextmanager
def _server() -> Iterator[str]:
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(StaticFilesHandler(get_internal_wsgi_application()))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@contextmanager
def _chromium() -> Iterator[Browser]:
    found = os.environ.get("SENDWELL_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        raise CommandError("No Chromium found, so no picture was taken: install it, or set SENDWELL_CHROMIUM.")
    with sync_playwright() as playwright:
        # Containers give no user namespaces and a tiny /dev/shm.
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is the parent's
        """Pictures are what this command has to say."""
