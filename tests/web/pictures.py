"""Pictures for the manual, taken by the journeys in the browser when tools/screenshots.py runs them; else nothing."""

import os
from pathlib import Path

from playwright.sync_api import Locator, Page


def picture(page: Page, name: str, *, at: Locator | None = None, height: int | None = None) -> None:
    """The page as docs/images/<name>.png, from the top or from what is to be seen at the top; `height` in pixels."""
    folder = os.environ.get("BAROMETER_PICTURES")
    if not folder:
        return
    before = page.viewport_size
    if before and height:
        page.set_viewport_size({"width": before["width"], "height": height})
    page.evaluate("at => at ? at.scrollIntoView() : scrollTo(0, 0)", at.element_handle() if at else None)
    page.screenshot(path=Path(folder) / f"{name}.png")
    if before:
        page.set_viewport_size(before)
