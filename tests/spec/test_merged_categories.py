"""Categories shown together, from the edition folder to the page: counted right, safe, and said so."""

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl

from barometer.disclosure import Release, protect, protect_in_full
from barometer.edition import read_edition, starter
from barometer.estimation import estimate
from barometer.model import Breakdown, Category, Edition, Rules
from barometer.publication import publish
from barometer.sampling import draw_sample
from barometer.simulation import simulate_answers
from barometer.tables import Estimates
from barometer.weighting import weigh
from disclosure_examples import Case
from disclosure_examples import edition as small_edition
from disclosure_examples import estimates as counted

MERGE = """
[[merge]]
id = "size_merged"
breakdown = "size"
indicators = ["INC_ANY", "HOURS"]
footnote.en = "Small and middle-sized together."
footnote.da = "Små og mellemstore samlet."
footnote.nb = "Små og mellomstore samlet."
footnote.sv = "Små och medelstora tillsammans."

[[merge.categories]]
code = "1-49"
of = ["1-9", "10-49"]
label = { en = "Fewer than 50", da = "Under 50", nb = "Under 50", sv = "Under 50" }
"""


@cache
def edition(more: str = "") -> Edition:
    folder = starter()
    head, *rows = folder["frame.csv"].splitlines()
    frame = b"\n".join([head, *(b"%d-%b" % (copy, row) for copy in range(3) for row in rows)])
    return read_edition({**folder, "frame.csv": frame, "outputs.toml": folder["outputs.toml"] + more.encode()})


@cache
def estimates(more: str = "") -> Estimates:
    """The same answers whatever the outputs."""
    [survey] = edition(more).surveys
    drawn = draw_sample(survey, np.random.default_rng(1))
    answers = simulate_answers(survey, drawn, starter()["simulation.toml"], b"", np.random.default_rng(2))
    return estimate(survey, drawn, answers, weigh(survey, drawn, answers))


@cache
def release(more: str = "") -> Release:
    return protect(edition(more), estimates(more))


def cells(indicator: str, breakdown: str, more: str = "") -> dict[str, dict[str, object]]:
    mine = estimates(more).cells.filter((pl.col("indicator") == indicator) & (pl.col("breakdown") == breakdown))
    return {row["cell"]: row for row in mine.iter_rows(named=True)}


def test_merged_cases_are_counted_weighed_and_given_an_interval_together() -> None:
    parts, merged = cells("INC_ANY", "size"), cells("INC_ANY", "size_merged", MERGE)
    assert list(merged) == ["1-49", "50+"]
    both = [parts["1-9"], parts["10-49"]]
    for count in ("n", "n_yes", "units", "units_yes", "weighted_base", "weighted_yes"):
        assert np.isclose(float(str(merged["1-49"][count])), sum(float(str(one[count])) for one in both))
    share = float(str(merged["1-49"]["weighted_yes"])) / float(str(merged["1-49"]["weighted_base"]))
    assert np.isclose(float(str(merged["1-49"]["value"])), share)
    assert [merged["50+"][name] for name in ("n", "n_yes")] == [parts["50+"][name] for name in ("n", "n_yes")]
    assert np.isclose(float(str(merged["50+"]["value"])), float(str(parts["50+"]["value"])))
    assert float(str(merged["1-49"]["se"])) < min(float(str(one["se"])) for one in both)


def test_other_indicators_keep_all_categories() -> None:
    assert list(cells("COL_ANY", "size", MERGE)) == ["1-9", "10-49", "50+"]
    assert cells("INC_ANY", "size", MERGE) == {}


def test_the_page_and_the_files_tell_what_was_merged() -> None:
    site = publish(release(MERGE), edition(MERGE))
    page = site["en/indicators/inc_any.html"].decode()
    assert "Fewer than 50" in page
    assert "Small and middle-sized together." in page
    assert "Små og mellemstore samlet." in site["da/indicators/inc_any.html"].decode()
    assert "Small and middle-sized together." not in site["en/indicators/col_any.html"].decode()
    assert "size_merged" in site["en/data/inc_any.csv"].decode()


REGIONS = ("north", "east", "south")


def small(merged: bool) -> Edition:
    made = small_edition(
        {"region": REGIONS},
        {"q": ("yes", "no")},
        {"DID": "q == 'yes'"},
        {"region": "region"},
        rules=Rules(minimum_units=5, census_units=5),
    )
    if not merged:
        return made
    [survey] = made.surveys
    together = (Category("north", {}), Category("rest", {}, parts=("east", "south")))
    breakdown = Breakdown("region_merged", "survey", {}, together, merges="region")
    programme = replace(
        survey.programme, breakdowns=(*survey.programme.breakdowns, breakdown), by={"DID": ("region_merged",)}
    )
    return replace(made, surveys=(replace(survey, programme=programme),))


def merged_estimates(told: Estimates) -> Estimates:
    """Counted by hand: three and seven respondents, one and three of whom did it, are four of ten."""
    parts = told.cells.filter(pl.col("breakdown") == "region")
    total = told.cells.filter(pl.col("breakdown") == "total")
    rest = parts.filter(pl.col("cell") != "north")
    sums = ["n", "n_yes", "units", "units_yes", "units_no", "weighted_base", "weighted_yes"]
    joined = rest.head(1).with_columns(
        cell=pl.lit("rest"),
        value=pl.lit(0.4),
        largest=pl.lit(0.1),
        second=pl.lit(0.1),
        **{name: pl.lit(rest[name].sum(), dtype=rest.schema[name]) for name in sums},
    )
    cells = pl.concat([parts.filter(pl.col("cell") == "north"), joined]).with_columns(breakdown=pl.lit("region_merged"))
    leaves = told.leaves.filter(pl.col("breakdown") == "region").with_columns(
        breakdown=pl.lit("region_merged"), cell=pl.col("cell").replace({"east": "rest", "south": "rest"})
    )
    return replace(
        told,
        cells=pl.concat([total, cells]),
        leaves=pl.concat([told.leaves, leaves]),
        contrasts=told.contrasts.clear(),
    )


def test_a_merge_saves_what_suppression_would_have_taken() -> None:
    """Three respondents in the east are too few; hiding them takes the south along. Together they are ten, and safe."""
    told: list[Case] = [
        {"unit": f"{region} {number}", "region": region, "q": "yes" if number < yes else "no"}
        for region, yes, of in (("north", 5, 12), ("east", 1, 3), ("south", 3, 7))
        for number in range(of)
    ]
    apart = counted(small(merged=False), told)
    hidden = protect(small(merged=False), apart).cells.filter(pl.col("status") == "c")
    assert hidden.height == 2
    whole, decision = protect_in_full(small(merged=True), merged_estimates(apart))
    assert whole.cells.select("cell", "n", "status").rows() == [("all", 22, ""), ("north", 12, ""), ("rest", 10, "")]
    assert not decision.hidden


def test_a_merged_cell_of_groups_that_were_all_asked_is_a_census_too() -> None:
    told: list[Case] = [
        {"unit": f"{region} {number}", "region": region, "q": "yes" if number < yes else "no"}
        for region, yes, of in (("north", 5, 12), ("east", 1, 3), ("south", 3, 7))
        for number in range(of)
    ]
    made = merged_estimates(counted(small(merged=False), told))
    asked = pl.DataFrame(
        [("survey", "region", region, 7, 7, 7, 7) for region in REGIONS], schema=made.response.schema, orient="row"
    )
    strict = replace(small(merged=True), rules=Rules(minimum_units=5, census_units=11))
    found = protect_in_full(strict, replace(made, response=asked))[1].sensitive
    assert list(found.values()) == ["small_population"]
