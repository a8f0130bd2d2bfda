"""Allocations in design.toml: read whole, and every mistake named."""

import numpy as np
import pytest

from barometer.edition import check_edition, read_edition, starter
from barometer.model import Method
from barometer.problems import Severity
from barometer.sampling import draw_sample

HEAD = '[workplaces]\nselection = "stratified"\nstrata = ["sector", "size"]\n'
SHARES = 'share_by = "size", shares = { "1-9" = 0.3, "10-49" = 0.4, "50+" = 0.6 }'


def folder(lines: str) -> dict[str, bytes]:
    return {"simulation.toml": b"", **starter(), "design.toml": (HEAD + lines).encode()}


def neyman(more: str) -> str:
    return f'sample_size = 60\nallocation = {{ method = "neyman", {more} }}\n'


def test_every_key_reaches_the_design_and_the_sample_is_drawn() -> None:
    lines = neyman(SHARES) + 'census = { size = ["50+"] }\nmaximum_fraction = 0.9\nstart = 0.5\n'
    survey = read_edition(folder(lines)).surveys[0]
    design = survey.design
    assert design.allocation is not None
    assert (design.allocation.method, design.allocation.share_by) == (Method.NEYMAN, "size")
    assert design.allocation.shares == {"1-9": 0.3, "10-49": 0.4, "50+": 0.6}
    assert (design.census, design.maximum_fraction, design.start) == ({"size": ("50+",)}, 0.9, 0.5)
    units = draw_sample(survey, np.random.default_rng(0)).units
    assert units.height == 60
    frame = survey.frame.units
    assert units.filter(size="50+").height == frame.filter(size="50+").height


@pytest.mark.parametrize(
    "lines",
    [
        'sample_size = 60\nallocation = { method = "proportional" }\n',
        neyman('variable = "employees"'),
        f'allocation = {{ method = "optimal", {SHARES}, budget = 90 }}\n',
        'sample_size = 60\nallocation = { method = "power", variable = "employees", power = 0.3 }\n',
        'allocation = { method = "margins", margins = { total = 0.1, sector = 0.3 }, response = 0.9 }\n',
    ],
)
def test_every_method_is_read_without_problems(lines: str) -> None:
    assert [problem for problem in check_edition(folder(lines)) if problem.severity is Severity.ERROR] == []
    survey = read_edition(folder(lines)).surveys[0]
    assert draw_sample(survey, np.random.default_rng(0)).units.height > 0


@pytest.mark.parametrize(
    ("code", "lines", "says"),
    [
        ("E007", 'sample_size = 60\nallocation = { method = "neymann" }\n', "Did you mean 'neyman'?"),
        ("E003", neyman(SHARES + ", spread = 1"), "'spread'"),
        ("E025", neyman("power = 0.5, " + SHARES), "keys this method uses"),
        ("E025", 'sample_size = 60\nallocation = { method = "neyman" }\n', "variable, or share_by and shares"),
        ("E025", neyman('variable = "employees", ' + SHARES), "variable and shares"),
        ("E025", neyman('share_by = "size"'), "both or neither"),
        ("E025", f'allocation = {{ method = "neyman", {SHARES} }}\n', "without sample_size"),
        ("E025", f'allocation = {{ method = "optimal", {SHARES} }}\n', "without budget"),
        (
            "E025",
            f'sample_size = 9\nallocation = {{ method = "optimal", {SHARES}, budget = 9 }}\n',
            "Delete sample_size",
        ),
        ("E025", 'allocation = { method = "margins" }\n', "without margins"),
        ("E025", 'allocation = { method = "margins", margins = { region = 0.1 } }\n', "'total' or a column of strata"),
        ("E025", neyman(SHARES) + 'fraction_by = "size"\n', "one or the other"),
        ("E025", neyman(SHARES.replace(', "50+" = 0.6', "")), "no shares for 50+"),
        ("E025", neyman(SHARES.replace('"size"', '"kind"')), "a column of strata"),
        ("E025", neyman(SHARES) + 'census = { sice = ["50+"] }\n', "Did you mean 'size'?"),
        ("E009", neyman(SHARES) + 'census = { size = ["60+"] }\n', "category '60+'"),
        ("E009", neyman(SHARES.replace('"50+"', '"60+" = 0.1, "50+"')), "category '60+'"),
        ("E009", neyman('variable = "employes"'), "Did you mean 'employees'?"),
        ("E021", neyman('variable = "sector"'), "kind integer or number"),
        ("E012", neyman(SHARES.replace("0.6", "1.6")), "above 0 and below 1"),
        ("E012", neyman(SHARES) + "start = 1.5\n", "start is 1.5"),
        ("E012", neyman(SHARES) + "maximum_fraction = 0\n", "maximum_fraction"),
    ],
)
def test_mistakes_are_named(code: str, lines: str, says: str) -> None:
    found = [problem for problem in check_edition(folder(lines)) if problem.severity is Severity.ERROR]
    assert code in [problem.code for problem in found]
    text = "\n".join(map(str, found))
    assert says in text
    assert "design.toml" in text


def test_limits_need_an_allocation_and_a_census_has_none() -> None:
    lines = 'fraction_by = "size"\nfractions = { "1-9" = 0.5, "10-49" = 0.7, "50+" = 1.0 }\nmaximum_fraction = 0.8\n'
    assert [problem.code for problem in check_edition(folder(lines))] == ["E025"]
    census = {**folder(""), "design.toml": b'[workplaces]\nselection = "census"\nstart = 0.5\n'}
    assert "E025" in [problem.code for problem in check_edition(census)]


def test_a_census_may_name_strata_and_fractions_may_ask_everyone_somewhere() -> None:
    census = {**folder(""), "design.toml": b'[workplaces]\nselection = "census"\nstrata = ["sector"]\n'}
    assert [problem.place.field for problem in check_edition(census)] == ["survey[1].margin_meaning"]
    lines = (
        'fraction_by = "size"\nfractions = { "1-9" = 0.5, "10-49" = 0.7, "50+" = 0.9 }\ncensus = { size = ["50+"] }\n'
    )
    assert check_edition(folder(lines)) == ()
