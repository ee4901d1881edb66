"""Two pairs of hands for the web admin, so that one story can be lived with the mouse and with the keyboard alone."""

import re
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, Protocol

from playwright.sync_api import FileChooser, Locator, Page, expect
from playwright.sync_api import TimeoutError as TookTooLong

Role = Literal["button", "link", "tab"]
# A person who has to press Tab more often than this has given up.
_MOST_TABS = 90


class Hands(Protocol):
    """What somebody does to a page; every name is what stands on the screen."""

    page: Page

    def go_to(self, place: str) -> None:
        """To a page of the menu."""

    def press(self, name: str, role: Role = "button") -> None: ...

    def write(self, label: str, text: str) -> None:
        """Replaces what stood in the field."""

    def choose(self, label: str, option: str) -> None: ...

    def pick_file(self, label: str, path: Path) -> None: ...

    def rewrite_in_code(self, old: str, new: str) -> None:
        """In the code editor, `new` in the place of `old`."""


class Mouse:
    def __init__(self, page: Page) -> None:
        self.page = page

    def go_to(self, place: str) -> None:
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name=place, exact=True).click()

    def press(self, name: str, role: Role = "button") -> None:
        _on_top(self.page).get_by_role(role, name=name, exact=True).first.click()

    def write(self, label: str, text: str) -> None:
        _field(self.page, label).fill(text)

    def choose(self, label: str, option: str) -> None:
        _field(self.page, label).select_option(label=option)

    def pick_file(self, label: str, path: Path) -> None:
        with self.page.expect_file_chooser() as asked:
            self.page.get_by_text(label, exact=True).click()
        _hand_over(asked.value, path)

    def rewrite_in_code(self, old: str, new: str) -> None:
        words = self.page.locator(".cm-line", has_text=old)
        words.scroll_into_view_if_needed()
        start, end = words.evaluate(_ENDS_OF_WORDS, old)
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end)
        self.page.mouse.up()
        self.page.keyboard.type(new)


class Keyboard:
    """Touches nothing but keys: whatever it cannot reach by them, nobody without a mouse can."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._keys = page.keyboard

    def go_to(self, place: str) -> None:
        self._keys.press("Control+k")
        self._keys.type(place)
        self._keys.press("Enter")

    def press(self, name: str, role: Role = "button") -> None:
        self._reach(_on_top(self.page).get_by_role(role, name=name, exact=True))
        self._keys.press("Enter")

    def write(self, label: str, text: str) -> None:
        self._reach(_field(self.page, label))
        self._keys.press("Control+a")
        self._keys.type(text)

    def choose(self, label: str, option: str) -> None:
        field = _field(self.page, label)
        self._reach(field)
        # A list jumps to what is typed; the dots of "A new list…" are on no keyboard.
        self._keys.type(option.removesuffix("…"))
        expect(field.locator("option:checked")).to_have_text(option)

    def pick_file(self, label: str, path: Path) -> None:
        self.page.wait_for_load_state()
        # A very busy machine may swallow the key; a person presses again.
        for _ in range(3):
            self._reach(_field(self.page, label))
            with suppress(TookTooLong):
                with self.page.expect_file_chooser(timeout=5_000) as asked:
                    self._keys.press("Space")
                _hand_over(asked.value, path)
                return
        raise AssertionError(f"no file can be chosen for “{label}”")

    def rewrite_in_code(self, old: str, new: str) -> None:
        self._reach(self.page.get_by_role("textbox", name="Code of the template"))
        self._keys.press("Control+f")
        self._keys.type(old)
        self._keys.press("Enter")
        # Out of the search, which leaves what it found selected.
        self._keys.press("Escape")
        self._keys.type(new)
        # Out of the code, where Tab indents. For a moment after a letter, Escape only ends the search for completions.
        self.page.wait_for_timeout(150)
        self._keys.press("Escape")
        self._keys.press("Tab")

    def _reach(self, target: Locator) -> None:
        control = target.first.element_handle()
        for _ in range(_MOST_TABS):
            state = control.evaluate(_STATE)
            if state == "focused":
                break
            # What the page has drawn anew meanwhile is another element.
            if state == "gone":
                control = target.first.element_handle()
            self._keys.press("Tab")
        else:
            raise AssertionError(f"{_MOST_TABS} Tabs do not lead to {target}")
        assert control.evaluate(_IS_SHOWN), f"the focus is on {target}, and nobody can see that"


def _on_top(page: Page) -> Page | Locator:
    """The dialog that is open, since nothing below it can be used; else the page."""
    dialog = page.locator("dialog[open]").last
    return dialog if dialog.count() else page


def _field(page: Page, label: str) -> Locator:
    # Labels say which fields may stay empty.
    labelled = _on_top(page).get_by_label(re.compile(rf"^\s*{re.escape(label)}(\s+optional)?\s*$"))
    return labelled.and_(page.locator("input, select, textarea"))


def _hand_over(chooser: FileChooser, path: Path) -> None:
    chooser.set_files(path)


# Both ends of the words within their line, in pixels.
_ENDS_OF_WORDS: Any = """(line, words) => {
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const at = walker.currentNode.data.indexOf(words);
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(walker.currentNode, at);
        range.setEnd(walker.currentNode, at + words.length);
        const box = range.getBoundingClientRect();
        const middle = box.top + box.height / 2;
        return [[box.left + 0.5, middle], [box.right - 0.5, middle]];
    }
    throw new Error(`these words are not on one line: ${words}`);
}"""
_STATE = "element => element === document.activeElement ? 'focused' : element.isConnected ? 'elsewhere' : 'gone'"
# Whether the control with the focus is on the screen, under nothing else (WCAG 2.4.11), and marked by an outline.
_IS_SHOWN: Any = """element => {
    const control = element.type === "file" ? element.labels[0] : element;
    const box = control.getBoundingClientRect();
    const down = Math.min(box.height, innerHeight) / 2;
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + down);
    const isUncovered = Boolean(hit) && (control.contains(hit) || hit.contains(control));
    const isMarked = getComputedStyle(control).outlineStyle !== "none" || element.classList.contains("cm-content");
    return isUncovered && isMarked;
}"""
