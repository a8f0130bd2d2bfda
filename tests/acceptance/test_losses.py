"""The example editions keep useful tables, and the page on disclosure control tells what they lose."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from list_losses import EDITIONS, PAGE, losses, told


@pytest.mark.parametrize("name", EDITIONS)
def test_what_is_lost_is_what_the_page_says(name: str, tmp_path: Path) -> None:
    assert losses(name, tmp_path) in told(PAGE.read_text(encoding="utf-8"))
