"""Replicates of an edition's survey, through response classes and calibration."""

import numpy as np
import polars as pl

from barometer.model import Survey
from barometer.problems import Place
from barometer.tables import Replicates, Sample, Vector, Weights
from barometer.weighting._adjusting import adjusted
from barometer.weighting._calibration import prepare_survey
from barometer.weighting._margins import margins_of
from barometer.weighting._replicates import REPLICATES, replicate_weights
from barometer.weighting._response import class_of


def weigh_replicates(
    survey: Survey,
    sample: Sample,
    weights: Weights,
    *,
    type: str = "RaoWuYue",  # noqa: A002  as survey packages call it
    count: int = REPLICATES,
    rng: np.random.Generator | None = None,
) -> Replicates:
    """Replicates of the weights that `weigh` gave, rows as in `weights.cases`.

    Responding units are drawn again in the strata of the variance, with their finite populations; each replicate is
    then raised to everyone asked within response classes and calibrated anew, so that its spread holds what these
    adjustments add and take. A model of response propensities is not fitted again. Types as in `replicate_weights`;
    Raises BadInput W021 naming a replicate that cannot be adjusted, and W022 (a lonely stratum counts nothing).
    """
    cases = weights.cases
    units = cases.unique("unit_id", keep="first").sort("unit_id").join(
        sample.units.drop("stratum", "design_weight"), on="unit_id", how="left", maintain_order="left"
    )  # fmt: skip
    population = "population_psus" if units["population_psus"].null_count() == 0 else ()
    started = "base_weight" if survey.weighting.propensity or not survey.weighting.weighted else "design_weight"
    made = replicate_weights(units, weights=started, strata="stratum", fpc=population, type=type, count=count,
                             rng=rng, lonely="certainty", place=Place(file="design.toml", field=survey.id))  # fmt: skip
    row = cases.join(units.select("unit_id").with_row_index("row"), on="unit_id", how="left", maintain_order="left")
    rows = row["row"].to_numpy()
    adjust = _Adjustment(survey, sample, units)
    through = adjusted(made, units["weight"].to_numpy(), adjust, Place(file="weighting.toml", field=survey.id))
    return Replicates(
        type=made.type,
        base=cases["weight"].to_numpy(),
        scale=made.scale,
        rscales=made.rscales,
        chunks=made.chunks,
        chunk=lambda number: through.chunk(number)[rows],
        mse=made.mse,
    )


class _Adjustment:
    """Weights of the responding units of a replicate, raised within classes and calibrated."""

    def __init__(self, survey: Survey, sample: Sample, units: pl.DataFrame) -> None:
        weighting = survey.weighting
        self.asked: Vector | None = None
        if weighting.weighted and not weighting.propensity:
            key = class_of(weighting.response_classes)
            asked = sample.units.group_by(key).agg(asked=pl.col("design_weight").sum()).with_row_index("number")
            classes = units.with_columns(key).join(asked, on="class", how="left", maintain_order="left")
            self.asked, self.classes = asked["asked"].to_numpy(), classes["number"].to_numpy()
        self.prepared = prepare_survey(survey, units["base_weight"].to_numpy(), margins_of(survey, units)).lenient()

    def __call__(self, weights: Vector) -> Vector:
        if self.asked is not None:
            answered = np.bincount(self.classes, weights, len(self.asked))
            ratio = np.divide(self.asked, answered, out=np.zeros(len(self.asked)), where=answered > 0)
            weights = weights * ratio[self.classes]
        return self.prepared.solve(weights)[0]
