"""What the communicator says matters is spared, as far as that can be."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl
import pytest

from barometer.disclosure import protect
from barometer.model import CellKey, Importance, Rules
from barometer.problems import BadInput
from disclosure_examples import Case, edition, estimates

TOLD = {"north": (6, 6), "east": (6, 6), "west": (6, 6), "south": (0, 12)}
EDITION = edition(
    {"region": tuple(TOLD)},
    {"q": ("yes", "no")},
    {"DID": "q == 'yes'"},
    {"region": "region"},
    rules=Rules(minimum_units=3, census_units=3),
)
CASES: list[Case] = [
    {"unit": f"{region} {number}", "region": region, "q": "yes" if number < yes else "no"}
    for region, (yes, no) in TOLD.items()
    for number in range(yes + no)
]


def hidden(importance: Mapping[CellKey, Importance]) -> set[str]:
    cells = protect(replace(EDITION, importance=importance), estimates(EDITION, CASES)).cells
    return set(cells.filter(pl.col("status") == "c")["cell"])


def test_the_cell_hidden_beside_an_unsafe_one_is_the_one_that_matters_least() -> None:
    """Nobody in the south did it, so one of three equal regions has to be hidden too."""
    weights = {"north": 3.0, "east": 0.5, "west": 2.0}
    for least in weights:
        importance = {("DID", "region", region): Importance(5.0) for region in weights if region != least}
        assert hidden(importance) == {"south", least}


def test_what_must_be_published_is() -> None:
    for other in ("north", "east", "west"):
        must = {("DID", "region", one): Importance(publish=True) for one in ("north", "east", "west") if one != other}
        assert hidden(must) == {"south", other}


def test_an_unsafe_cell_cannot_be_published_because_somebody_says_so() -> None:
    with pytest.raises(BadInput) as caught:
        hidden({("DID", "region", "south"): Importance(publish=True)})
    [problem] = caught.value.problems
    assert (problem.code, problem.place.field) == ("D014", "important: DID region south")
    assert "extreme" in problem.found
    assert "merge" in problem.way_out


def test_not_everything_around_an_unsafe_cell_can_be_published() -> None:
    importance = {("DID", "region", region): Importance(publish=True) for region in ("north", "east", "west")}
    importance["DID", "total", "all"] = Importance(publish=True)
    with pytest.raises(BadInput) as caught:
        hidden(importance)
    assert {problem.code for problem in caught.value.problems} == {"D015"}
