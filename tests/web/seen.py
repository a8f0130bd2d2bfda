"""What is wrong with a page as it is seen: by the accessibility checker and by its width, at several widths."""

from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

CHECKED = (390, 1280)
"""Widths at which the checker looks; a sideways scroll is looked for at all."""


def faults(page: Page, name: str, widths: Sequence[int]) -> dict[str, object]:
    """By name and width; empty where all is well."""
    found: dict[str, object] = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            found[f"{name} {width}"] = f"{wide} wide"
        if width in CHECKED and (broken := Axe().run(page).response["violations"]):
            found[f"{name} {width} axe"] = [(one["id"], one["nodes"][0]["html"][:160]) for one in broken]
    return found
