"""A made survey of public workplaces, for benchmarks: 270 strata, 60 yes/no items, margins known.

Strata are sector x type x size x region. Fractions are unequal, response hangs on sector and size, and weights are
raised within these classes. 20 items are asked of all, 30 of those who innovate (q01), 10 miss 3 % of the answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.weighting import CalibrationPlan, KnownTotals

CATEGORIES = {
    "sector": ("municipality", "region", "state"),
    "type": ("administration", "school", "daycare", "health", "culture", "technical"),
    "size": ("1-19", "20-99", "100+"),
    "region": ("north", "central", "south", "zealand", "capital"),
}
BREAKDOWNS: tuple[tuple[str, ...], ...] = ((), ("sector",), ("type",), ("size",), ("region",), ("sector", "size"))
ITEMS = tuple(f"q{item:02d}" for item in range(1, 61))
ASKED_OF_ALL, OFTEN_MISSING = ITEMS[:20], ITEMS[50:]
TERMS = ("sector", "type", "size", "region", "lemp")
OUTCOMES = ("q01", "q02", "q05", "q10", "q15", "q21", "q30", "q40", "q51", "q60")


@dataclass(frozen=True)
class MadeSurvey:
    """Respondents in no order, with columns stratum, N_h, w, the categories, lemp and the items; and margins."""

    data: pl.DataFrame
    margins: tuple[KnownTotals, ...]

    @property
    def raking(self) -> CalibrationPlan:
        return CalibrationPlan("raking", self.margins)


def made_workplaces(respondents: int, seed: int = 20150424) -> MadeSurvey:
    """A survey with this many respondents, 540 or more."""
    rng = np.random.default_rng(seed)
    strata = _strata(respondents, rng)
    place = np.repeat(np.arange(strata.height), strata["answered"].to_numpy())
    rng.shuffle(place)
    data = strata.select("stratum", "N_h", "w", *CATEGORIES)[place]
    size = data["size"].to_physical().to_numpy()
    data = data.with_columns(lemp=pl.Series(np.log(np.ceil(rng.lognormal(1.5 + 1.5 * size, 0.4)))))
    data = data.with_columns(_answers(data, rng))
    return MadeSurvey(data, tuple(_margin(strata, name) for name in CATEGORIES))


def _strata(respondents: int, rng: np.random.Generator) -> pl.DataFrame:
    """Every crossing of the categories: units in the population, asked, answering, and their weight."""
    shape = tuple(len(codes) for codes in CATEGORIES.values())
    codes = np.unravel_index(np.arange(np.prod(shape)), shape)
    shares = rng.gamma(1.5, size=len(codes[0]))
    answered = 2 + rng.multinomial(respondents - 2 * len(shares), shares / shares.sum())
    response = np.array([0.45, 0.55, 0.65])[codes[2]] + np.array([0.05, 0.0, -0.05])[codes[0]]
    asked = np.ceil(answered / response).astype(np.int64)
    fraction = np.array([0.2, 0.5, 1.0])[codes[2]] * rng.uniform(0.8, 1.0, len(shares))
    population = np.maximum(np.ceil(asked / fraction), asked).astype(np.int64)
    strata = pl.DataFrame(
        {
            "stratum": np.arange(1, len(shares) + 1),
            "N_h": population,
            "answered": answered,
            "design": population / asked,
            "asked": asked,
            **{
                name: pl.Series(np.array(CATEGORIES[name])[codes[place]], dtype=pl.Enum(CATEGORIES[name]))
                for place, name in enumerate(CATEGORIES)
            },
        }
    )
    raised = [(pl.col("design") * pl.col(name)).sum().over("sector", "size") for name in ("asked", "answered")]
    return strata.with_columns(w=pl.col("design") * raised[0] / raised[1])


def _answers(data: pl.DataFrame, rng: np.random.Generator) -> list[pl.Series]:
    sector, size = (data[name].to_physical().to_numpy() for name in ("sector", "size"))
    share = rng.uniform(0.05, 0.9, len(ITEMS))
    share[0] = 0.7
    leaning = np.log(share / (1 - share))
    columns = []
    innovates = np.ones(data.height, dtype=bool)
    for place, name in enumerate(ITEMS):
        logit = leaning[place] + 0.3 * rng.normal() * sector + 0.3 * rng.normal() * size
        said = rng.random(data.height) < 1 / (1 + np.exp(-logit))
        asked = np.ones(data.height, dtype=bool) if name in ASKED_OF_ALL else innovates
        if name in OFTEN_MISSING:
            asked = rng.random(data.height) > 0.03
        innovates = said if place == 0 else innovates
        columns.append(pl.select(pl.when(pl.Series(asked)).then(pl.Series(name, said, dtype=pl.Int8)).alias(name)))
    return [column[name] for column, name in zip(columns, ITEMS, strict=True)]


def _margin(strata: pl.DataFrame, name: str) -> KnownTotals:
    counts = strata.group_by(name).agg(pl.col("N_h").sum()).sort(name)
    return KnownTotals.of_cells([name], {(code,): float(total) for code, total in counts.iter_rows()})


def plain_cells(data: pl.DataFrame, breakdowns: Sequence[tuple[str, ...]] = BREAKDOWNS) -> NDArray[np.int64]:
    """Number of each row's cell in each breakdown (breakdowns x n), cells of all breakdowns counted through."""
    found, before = [], 0
    for names in breakdowns:
        code, cells = np.zeros(data.height, dtype=np.int64), 1
        for name in names:
            code = code * len(CATEGORIES[name]) + data[name].to_physical().to_numpy()
            cells *= len(CATEGORIES[name])
        found.append(code + before)
        before += cells
    return np.array(found)
