"""Take the manual's screenshots: run `make demo` first, then this.

Pictures are of real pages; nothing is drawn by hand. They land in docs/images/. Those of the released example editions
are taken here, those of fieldwork by the tests that drive a browser through it (tests/web/pictures.py).
"""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
SHOTS = (  # edition, page, width, height, dark, name
    ("denmark-2014", "en/index.html", 1200, 1150, False, "overview-en"),
    ("denmark-2014", "da/indicators/col_firm.html", 1200, 1500, False, "indicator-da"),
    ("denmark-2014", "da/index.html", 390, 1100, True, "overview-phone-dark-da"),
    ("norway-time-thieves-2014", "nb/indicators/prb_rules.html#by-ministry-h", 1200, 1500, False, "protected-nb"),
)


def main() -> None:
    target = ROOT / "docs" / "images"
    target.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        for edition, page, width, height, dark, name in SHOTS:
            site = max((ROOT / "releases" / edition).glob("[0-9]*"), key=lambda path: int(path.name)) / "site"
            with serve(site) as address:
                tab = browser.new_page(
                    viewport={"width": width, "height": height},
                    color_scheme="dark" if dark else "light",
                    reduced_motion="reduce",
                )
                tab.goto(f"{address}/{page}")
                tab.wait_for_timeout(300)  # until the page has moved to the place named after '#'
                tab.screenshot(path=target / f"{name}.png")
                tab.close()
        browser.close()
    of_fieldwork = sorted(str(path) for path in (ROOT / "tests" / "web").glob("test_*_browser.py"))
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *of_fieldwork],
        cwd=ROOT,
        env={**os.environ, "BAROMETER_PICTURES": str(target)},
        check=True,
    )


class serve:  # noqa: N801 (a context manager that reads as a verb)
    """A site on a free port of localhost while the block runs."""

    def __init__(self, site: Path) -> None:
        handler = functools.partial(_Quiet, directory=str(site))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 (the base class names it so)
        pass


if __name__ == "__main__":
    main()
