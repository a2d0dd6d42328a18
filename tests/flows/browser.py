"""Prefect's UI as an operator uses it, driven in Chromium. Names what is on the page, not how it is built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
_SUBMISSIONS = 5
_BETWEEN_SUBMISSIONS_MS = 2_000
_SERVER_FAILED = 500
_LONGEST_WAIT_MS = 600_000  # a page that never comes ends the suite, a busy machine does not


@dataclass(slots=True)
class OperatorsBrowser:
    """A page on the UI at `ui`; `hosts` are all hosts the browser asked, `shots` where pictures go."""

    page: Page
    ui: str
    shots: Path | None
    hosts: set[str] = field(default_factory=set)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.ui}{path}")

    def open_form(self, deployment: str) -> None:
        """From the list of deployments to the form of one."""
        self.open("/deployments")
        self.page.get_by_role("link", name=deployment, exact=True).first.click()
        self.page.get_by_role("button", name="Run", exact=True).click()
        self.page.get_by_text("Custom run").first.click()
        self.page.wait_for_url("**/run*")

    def field(self, name: str) -> Locator:
        label = self.page.locator(
            ".schema-form-property__label", has_text=re.compile(rf"^{name}\b")
        )
        return self.page.locator(".schema-form-property").filter(has=label).first

    def write(self, name: str, value: str) -> None:
        """Into a field for text or for a number."""
        self.field(name).locator("textarea, input").first.fill(value)

    def choose(self, name: str, value: str) -> None:
        """One value of an enum."""
        self.field(name).locator(".p-select-button").first.click()
        option = self.page.get_by_role("option", name=value, exact=True)
        if not option.is_visible():
            self.page.keyboard.press("ArrowDown")
        option.click()
        self.page.keyboard.press("Escape")

    def submit(self) -> str:
        """Start the run; gives its id as the server answered the UI.

        A server that is busy answers 5xx and the form stays open: it is submitted again, as a person would.
        """
        for _ in range(_SUBMISSIONS):
            with self.page.expect_response(re.compile(r"/create_flow_run$")) as awaited:
                self.page.get_by_role("button", name="Submit").click()
            answer = awaited.value
            if answer.status < _SERVER_FAILED:
                break
            self.page.wait_for_timeout(_BETWEEN_SUBMISSIONS_MS)
        assert answer.ok, f"{answer.status}: {answer.text()}"
        return str(answer.json()["id"])

    def watch(self, run: str) -> None:
        """Stay on the page of a run until it says that it has completed."""
        self.open(f"/runs/flow-run/{run}")
        expect(self.page.get_by_text("Completed", exact=True).first).to_be_visible(
            timeout=_LONGEST_WAIT_MS
        )

    def read_artifact(self, run: str, key: str) -> str:
        """Open an artifact of a run by its name on the page of the run; gives what is shown."""
        self.open(f"/runs/flow-run/{run}")
        self.page.get_by_text("Artifacts", exact=True).first.click()
        card = self.page.locator("a[href*='/artifacts/artifact/']")
        card.filter(has=self.page.get_by_text(key, exact=True)).first.click()
        self.page.wait_for_url("**/artifacts/artifact/*")
        self.page.get_by_role("button", name="Show raw data").wait_for()
        self.page.locator(".markdown-renderer > *, .artifact-data-table").first.wait_for()
        return str(self.page.locator("#app").inner_text())

    def follow(self, name: str) -> str:
        """A link inside an artifact: the UI opens it beside; gives what is shown there."""
        with self.page.context.expect_page() as opened:
            self.page.get_by_role("link", name=name).first.click()
        beside = opened.value
        beside.get_by_role("button", name="Show raw data").wait_for()
        shown = str(beside.locator("#app").inner_text())
        beside.close()
        return shown

    def picture(self, name: str) -> None:
        if self.shots is not None:
            self.page.wait_for_timeout(600)
            self.page.screenshot(path=self.shots / f"{name}.png")


@contextmanager
def operators_browser(ui: str, shots: Path | None = None) -> Iterator[OperatorsBrowser]:
    """Chromium on an empty profile."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        page.set_default_timeout(_LONGEST_WAIT_MS)
        browser = OperatorsBrowser(page, ui, shots)
        page.context.on("request", lambda request: browser.hosts.add(urlsplit(request.url).netloc))
        page.on("websocket", lambda channel: browser.hosts.add(urlsplit(channel.url).netloc))
        yield browser
        chromium.close()
