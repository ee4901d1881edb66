"""A real Chromium: Debian's, one in the path, or the one that SENDWELL_CHROMIUM names."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

# Playwright's loop runs in the tests' thread, where Django would otherwise refuse to touch the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MISSING = (
    "no Chromium found: run `apt install chromium` (Debian), `brew install --cask chromium` (macOS), "
    "or set SENDWELL_CHROMIUM to its path"
)
Open = Callable[..., Page]
# Several browsers share a machine's few cores: what must appear may take its time, and no test measures speed.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = os.environ.get("SENDWELL_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if not found:
        pytest.skip(_MISSING)
    with sync_playwright() as playwright:
        # Containers give no user namespaces and a tiny /dev/shm.
        chromium = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens pages in windows of their own; every error on the console fails the test."""
    contexts, complaints = [], []

    def open_page(
        url: str, *, width: int = 1440, theme: str = "light", javascript: bool = True, locale: str = "en-GB"
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,  # type: ignore[arg-type]
            java_script_enabled=javascript,
            locale=locale,
            # axe is put into the page from outside, which the pages' policy rightly forbids to everybody else.
            bypass_csp=javascript,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("requestfailed", lambda request: complaints.append(f"{request.url}: {request.failure}"))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # Chromium reports an answer of 4xx as an error of its own.
    assert [text for text in complaints if not re.search("status of 4(04|10|22|29)", text)] == []


def keep_picture(page: Page, name: str) -> None:
    """With SENDWELL_SCREENSHOTS set to a folder, pictures stay for human eyes."""
    if folder := os.environ.get("SENDWELL_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
