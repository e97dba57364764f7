"""Takes the pictures of the README again: ``python -m tests.journeys.pictures`` writes them to ``static/pictures``."""

import tempfile
from pathlib import Path

from tests.journeys.browser import Running, Visitor, chromium, soon, up
from tests.journeys.stage import ROOT

PICTURES = ROOT / "static" / "pictures"
LARGEST = 250 * 1024


def take(visitor: Visitor, name: str) -> None:
    """One picture of what the browser shows, as a person with a 1440 px screen sees it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    file = PICTURES / f"{name}.png"
    visitor.page.screenshot(path=file, full_page=False, animations="disabled")
    assert file.stat().st_size <= LARGEST, f"{file} has {file.stat().st_size:,} bytes"


def take_all(running: Running) -> None:
    """The review that the demonstration left open, and the page of a message whose approval had ended."""
    with chromium() as browser:
        visitor = Visitor(browser.new_page(viewport={"width": 1440, "height": 1180}, color_scheme="light"), running.url)
        visitor.go("/")
        visitor.become("Cora Whitfield")
        visitor.go("/reviews")
        visitor.page.locator("td.title a").first.click()
        visitor.page.wait_for_load_state("networkidle")
        take(visitor, "review")

        ended = visitor.page.get_by_role("row").filter(has_text="approval ended").filter(has_text="Refused")

        def refused() -> bool:
            visitor.go("/sends")
            return ended.count() > 0

        soon(refused, 90)
        ended.get_by_role("link").first.click()
        visitor.page.wait_for_load_state("networkidle")
        take(visitor, "why")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, up(Path(folder) / "demo") as started:
        take_all(started)
