"""A person at the keyboard: every act by Tab, arrows, the space bar and Enter, nothing by mouse."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.support.browser import barriers, overflow
from tests.support.cast import Person

MOST_TABS = 160
FOCUSED = """() => {
    const found = document.activeElement;
    return [found.name || found.id || '', found.innerText || '', found.type || ''];
}"""


class Typist:
    """One person at one page; each new page is looked at for barriers and overflow."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def goto(self, path: str) -> None:
        """The page at the path is open and has no barrier."""
        self.page.goto(self.address + path)
        self.look()

    def look(self) -> None:
        """The page has no barrier for anybody and nothing wider than the screen."""
        assert barriers(self.page) == []
        assert overflow(self.page) == 0

    def reach(self, wanted: str) -> None:
        """What bears this name, or these words, has the focus by the Tab key alone."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            name, words, _ = self.page.evaluate(FOCUSED)
            if wanted in (name, *words.strip().splitlines()[:1]):
                return
        raise AssertionError(f"no Tab leads to {wanted!r}")

    def write(self, name: str, text: str) -> None:
        """The text stands in the field."""
        self.reach(name)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, name: str, place: int = 0) -> None:
        """The answer at this place of a question is chosen, or the option of a list."""
        self.reach(name)
        if self.page.evaluate(FOCUSED)[2].startswith("select"):
            for _ in range(place):
                self.page.keyboard.press("ArrowDown")
            return
        self.page.keyboard.press("Space")
        for _ in range(place):
            self.page.keyboard.press("ArrowDown")

    def pick(self, name: str, value: str) -> None:
        """The option of a list is chosen by typing the beginning of its words."""
        self.reach(name)
        label = self.page.locator(f"[name={name}] option[value='{value}']").inner_text()
        self.page.keyboard.type(label)

    def tick(self, name: str, value: str) -> None:
        """The box of this answer is ticked, whatever stood there."""
        self.page.locator(f"[name={name}][value='{value}']").focus()
        if not self.page.locator(f"[name={name}][value='{value}']").is_checked():
            self.page.keyboard.press("Space")

    def press(self, words: str) -> None:
        """The link or button with these words is followed with Enter."""
        self.reach(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.look()

    def go_on(self) -> None:
        """The page's own main button is pressed."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("() => document.activeElement.matches('main .main')"):
                break
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.look()

    def sign_in(self, person: Person) -> None:
        """The person has signed in with her words."""
        self.goto("/sign-in")
        self.write("handle", person.handle)
        self.write("passphrase", person.words)
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press("Enter")
        self.look()

    def speak(self, language: str) -> None:
        """The pages are in the language of this name."""
        self.press(language)
