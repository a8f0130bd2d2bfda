"""`barometer preview --site` from the command line, in a real browser."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from barometer import pipeline
from barometer.edition import starter
from barometer.files import create_folder

pytestmark = pytest.mark.journey


@dataclass
class Running:
    process: subprocess.Popen[str]
    folder: Path
    address: str

    @property
    def about(self) -> Path:
        return self.folder / "texts" / "da" / "about.md"


def start(workspace: Path, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from barometer.cli import main; main()"]
    arguments = ["--workspace", str(workspace), "preview", str(workspace / "example"), "--site", "--port", str(port)]
    return subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ}
    )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    workspace = tmp_path_factory.mktemp("workspace")
    create_folder(workspace / "example", starter(approvals=0))
    desk = pipeline.open_desk(workspace / "example", workspace)
    for step in ("sample", "answers", "weigh", "estimate", "protect"):
        pipeline.ACTIONS[step](desk)
    process = start(workspace, 0)
    assert process.stdout
    address = ""
    while not address:
        line = process.stdout.readline()
        assert line, process.stderr and process.stderr.read()
        address = "".join(re.findall(r"http://localhost:\d+/", line))
    yield Running(process, workspace / "example", address)
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_the_page_loads_itself_again_and_a_mistake_leaves_the_last_good_one(running: Running, browser: Browser) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{running.address}da/about.html")
    before = running.about.read_text(encoding="utf-8")
    running.about.write_text(before + "\nNyt afsnit.\n", encoding="utf-8")
    expect(page.get_by_text("Nyt afsnit.")).to_be_visible()
    running.about.write_text(before + '\n{{ share("INTET") }}\n', encoding="utf-8")
    expect(page.get_by_role("link", name=re.compile("problem"))).to_be_visible()
    expect(page.get_by_text("Nyt afsnit.")).to_be_visible()
    page.get_by_role("link", name=re.compile("problem")).click()
    expect(page.get_by_role("heading", name="texts/da/about.md, line")).to_be_visible()
    running.about.write_text(before, encoding="utf-8")
    expect(page.get_by_text("No problems.")).to_be_visible()
    assert said == []
    page.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_banner_and_problems_are_accessible_and_fit(running: Running, browser: Browser, width: int) -> None:
    before = running.about.read_text(encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(f"{running.address}da/about.html")
    running.about.write_text(before + '\n{{ share("INTET") }}\n', encoding="utf-8")
    expect(page.get_by_role("link", name=re.compile("problem"))).to_be_visible()
    for path in ("da/about.html", "_draft/problems.html"):
        page.goto(running.address + path)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    running.about.write_text(before, encoding="utf-8")
    expect(page.get_by_text("No problems.")).to_be_visible()
    page.close()


def test_a_taken_port_is_one_problem(running: Running) -> None:
    port = int(running.address.rstrip("/").rsplit(":", 1)[1])
    out, err = start(running.folder.parent, port).communicate(timeout=60)
    assert err.count("C080") == 1 and "Traceback" not in err and out == ""


def test_ctrl_c_ends_it_without_complaint(running: Running) -> None:
    running.process.send_signal(signal.SIGINT)
    out, err = running.process.communicate(timeout=30)
    assert running.process.returncode == 0
    assert out.endswith("Stopped.\n") and "Traceback" not in err
