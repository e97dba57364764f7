"""A running Placet and a real browser in front of it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from app.bootstrap import find_chromium
from tests.journeys.stage import ROOT

LOOKS = tuple((width, scheme) for width in (1440, 390) for scheme in ("light", "dark"))
_STATUS = "Failed to load resource"
"""What the console says of an answer that is a refusal by its HTTP status: expected where a test asks for one."""


@dataclass
class Running:
    """``placet up`` as a process group of its own."""

    process: "subprocess.Popen[str]"
    data: Path
    url: str

    @property
    def password(self) -> str:
        """Of everybody in the demonstration."""
        return (self.data / "demo" / "password").read_text(encoding="utf-8").strip()

    def interrupt(self) -> float:
        """Ctrl-C, as a terminal sends it to the whole group; seconds until the end."""
        began = time.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(30)
        return time.monotonic() - began


@contextmanager
def up(data: Path, *words: str) -> Iterator[Running]:
    """Start everything on a free port, and end it at the end."""
    command = [sys.executable, "-P", "-m", "app.cli.main", "up", "--data", str(data), "--port", "0", *words]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PLACET_")}
    with (data.parent / f"{data.name}.err").open("a", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
        )
    assert process.stdout is not None
    try:
        told = iter(process.stdout.readline, "")
        found = next((m for line in told if (m := re.search(r"Placet is at (\S+)", line))), None)
        assert found is not None, (data.parent / f"{data.name}.err").read_text(encoding="utf-8")
        yield Running(process, data, found.group(1))
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(30)
        process.stdout.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a sandbox only where root leaves no other way."""
    found = find_chromium()
    assert found is not None
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Somebody at a browser. ``look`` examines the page she is on; ``complaints`` are what the console said."""

    page: Page
    url: str
    axe: Axe = field(default_factory=Axe)
    complaints: list[str] = field(default_factory=list)
    barriers: dict[str, list[str]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(15_000)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_STATUS):
            self.complaints.append(message.text)

    def go(self, path: str) -> None:
        """Type an address."""
        self.page.goto(self.url + path)

    def press(self, name: str) -> None:
        """Press the button, or follow the link, of this name."""
        button = self.page.get_by_role("button", name=name, exact=True)
        (button if button.count() else self.page.get_by_role("link", name=name, exact=True)).first.click()

    def become(self, name: str) -> None:
        """Switch to somebody else in the demonstration's bar."""
        choice = self.page.get_by_label("You are", exact=True)
        label = choice.locator("option", has_text=name).first.inner_text()
        choice.select_option(label=label)
        self.press("Switch")

    def look(self, name: str) -> None:
        """Ask axe about the page, once for each name: wide and narrow, light and dark."""
        if name in self.seen:
            return
        self.seen.append(name)
        for width, scheme in LOOKS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found: list[dict[str, Any]] = self.axe.run(self.page).response["violations"]
            wide = self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            told = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
            told += ["sideways scrolling"] * wide
            if told:
                self.barriers[f"{name} {width} {scheme}"] = told
        self.page.set_viewport_size({"width": 1440, "height": 900})
        self.page.emulate_media(color_scheme="light")

    def sees(self, *texts: str) -> None:
        """All of these stand on the page."""
        shown = self.page.locator("body").inner_text()
        missing = [text for text in texts if text not in shown]
        assert missing == [], f"{self.page.url}\n{shown[:3_000]}"


def soon(ask: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something is so; fail when it does not become so."""
    limit = time.monotonic() + seconds
    while not ask():
        assert time.monotonic() < limit, f"not within {seconds:.0f} s"
        time.sleep(0.2)
