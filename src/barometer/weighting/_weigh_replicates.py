"""Replicates of an edition's survey, through non-response and calibration."""

import numpy as np
import polars as pl

from barometer.model import Survey
from barometer.problems import Place
from barometer.tables import ASKED, Matrix, Replicates, Sample, Vector, Weights
from barometer.weighting._adjusting import adjusted_by_number
from barometer.weighting._calibration import prepare_survey
from barometer.weighting._margins import margins_of
from barometer.weighting._propensity import fit_propensities
from barometer.weighting._replicates import REPLICATES, replicate_weights
from barometer.weighting._response import certain

NO_POPULATION = ("BRR", "Fay", "subbootstrap")
JACKKNIVES = ("JK1", "JKn")
DRAWN_IN = "_drawn_in"
"""Name of the sampling stratum where `stratum` is that of the variance."""


def weigh_replicates(
    survey: Survey,
    sample: Sample,
    weights: Weights,
    *,
    type: str = "RaoWuYue",  # noqa: A002  as survey packages call it
    count: int = REPLICATES,
    rng: np.random.Generator | None = None,
    rho: float = 0.0,
) -> Replicates:
    """Replicates of the weights that `weigh` gave, rows as in `weights.cases`.

    All units asked, those that did not answer too, are drawn again in the strata of the variance. In each replicate
    the response rates of classes, or the model of propensities, are worked out anew and the weights calibrated
    anew, so that its spread holds what these adjustments add and take.

    The bootstraps with finite populations ('RaoWuYue', 'bootstrap', 'mrbbootstrap') let who answers vary as well:
    each respondent counts 1 + e sqrt((1 - p) / d) times as an answer, with e = 1 or -1 at even odds, p its propensity
    and d its design weight (generalised bootstrap: Beaumont and Patak 2012, International Statistical Review 80,
    127-148). The jackknives put answers over population in place of sample over population, and 'BRR', 'Fay' and
    'subbootstrap' know no finite population: their variances are, if anything, too large. Types as in
    `replicate_weights`. Raises BadInput W021 naming a replicate that cannot be adjusted, and W022 (a lonely stratum
    counts nothing).
    """
    pool = _pool(sample, weights)
    fpc = () if type in NO_POPULATION or pool["population_psus"].null_count() else "population_psus"
    if type in JACKKNIVES and fpc:
        part = pl.len() / pl.col("weight").is_not_null().sum()
        pool = pool.with_columns((pl.col("population_psus") * part.over("stratum")).alias("population_psus"))
    made = replicate_weights(
        pool,
        weights="design_weight",
        strata="stratum",
        fpc=fpc,
        type=type,
        count=count,
        rng=rng,
        rho=rho,
        lonely="certainty",
        place=Place(file="design.toml", field=survey.id),
    )
    varies = 0.0
    if fpc and type not in JACKKNIVES:
        varies = 1 / np.sqrt(made.scale * made.rscales.sum() * (made.count - 1) / made.count)
    seed = int(rng.integers(2**63)) if rng is not None else 0
    adjust = _Adjustment(survey, weights, pool, varies, seed)
    final = pool["weight"].fill_null(0.0).to_numpy()
    through = adjusted_by_number(made, final, adjust, Place(file="weighting.toml", field=survey.id))
    row = weights.cases.join(pool.select("unit_id").with_row_index("row"), on="unit_id", how="left",
                             maintain_order="left")  # fmt: skip
    rows = row["row"].to_numpy()
    return Replicates(
        type=made.type,
        base=weights.cases["weight"].to_numpy(),
        scale=made.scale,
        rscales=made.rscales,
        chunks=made.chunks,
        chunk=lambda number: through.chunk(number)[rows],
        mse=made.mse,
    )


def _pool(sample: Sample, weights: Weights) -> pl.DataFrame:
    """Units to draw from, ordered by id: those asked where answers stand for others, else those that answered.
    Columns of ASKED and of the register, and `base_weight` and `weight`, null for those that did not answer."""
    answered = weights.cases.unique("unit_id", keep="first")
    pool = weights.asked
    if pool.is_empty():
        pool = answered.with_columns(propensity=pl.lit(1.0), design_weight=pl.col("base_weight"))
    pool = pool.select(column.name for column in ASKED)
    pool = pool.join(answered.select("unit_id", "base_weight", "weight"), on="unit_id", how="left")
    register = sample.units.drop("design_weight").rename({"stratum": DRAWN_IN})
    return pool.join(register, on="unit_id", how="left").sort("unit_id")


class _Adjustment:
    """Weights of the units of a replicate, raised for non-response and calibrated; 0 for those that did not answer."""

    def __init__(self, survey: Survey, weights: Weights, pool: pl.DataFrame, varies: float, seed: int) -> None:
        self.seed, self.place = seed, Place(file="weighting.toml", field=f"{survey.id}.propensity")
        self.answered = pool["weight"].is_not_null().to_numpy()
        propensity, design = pool["propensity"].to_numpy(), pool["design_weight"].to_numpy()
        self.reach = varies * np.sqrt((1 - propensity) / design)[self.answered]
        self.model: Matrix | None = None
        self.start: Vector | None = None
        if weights.asked.height:
            self.model = weights.asked.drop(column.name for column in ASKED).to_numpy()
            if survey.weighting.propensity:
                self.start, _ = fit_propensities(self.model, self.answered.astype(np.float64), design)
        units = pool.filter(pl.col("weight").is_not_null())
        base = units["base_weight"].to_numpy()
        self.certain = certain(units.with_columns(stratum=DRAWN_IN), base)
        self.prepared = prepare_survey(survey, base, margins_of(survey, units).without(self.certain)).lenient()

    def __call__(self, weights: Vector, chunk: int, column: int) -> Vector:
        base = weights[self.answered]
        if self.model is not None:
            signs = np.random.default_rng([self.seed, chunk, column]).integers(0, 2, len(base)) * 2 - 1
            base = self._raised(self.model, weights, 1 + signs * self.reach)
        result = np.zeros(len(weights))
        base[self.certain] = 1
        result[self.answered] = self.prepared.solve(base)[0]
        return result

    def _raised(self, model: Matrix, weights: Vector, answers: Vector) -> Vector:
        """Weights of those that answered, each `answers` times, raised to all of the replicate."""
        counted = weights[self.answered] * answers
        if self.start is None:
            wanted, found = weights @ model, counted @ model[self.answered]
            ratio = np.divide(wanted, found, out=np.zeros(len(found)), where=found > 0)
            raised: Vector = counted * (model[self.answered] @ ratio)
            return raised
        answered = np.zeros(len(weights))
        answered[self.answered] = answers
        _, propensity = fit_propensities(model, answered, weights, start=self.start, place=self.place)
        counted /= propensity[self.answered]
        scaled: Vector = counted * (weights.sum() / counted.sum())
        return scaled
