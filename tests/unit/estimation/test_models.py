"""Regressions, margins, indices and their refusals, on tables small enough to see through."""

import math

import numpy as np
import polars as pl
import pytest

from barometer.estimation import (
    SurveyDesign,
    index,
    marginal_effects,
    plain_words,
    predictive_margins,
    regression,
    survey_design,
)
from barometer.problems import BadInput


def table(n: int = 120, seed: int = 7) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    sector = rng.choice(["municipality", "region", "state"], n)
    age = rng.normal(40, 10, n).round(1)
    odds = 0.05 * (age - 40) + (sector == "state")
    innovative = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(int)
    level = np.digitize(odds + rng.logistic(size=n), [-0.5, 1.0])
    return pl.DataFrame(
        {
            "stratum": np.repeat(np.arange(n // 12), 12),
            "unit": np.repeat(np.arange(n // 3), 3),
            "w": rng.uniform(1, 5, n),
            "sector": sector,
            "age": age,
            "innovative": innovative,
            "level": [["low", "middle", "high"][one] for one in level],
            "count": rng.poisson(np.exp(0.3 * odds)),
        }
    ).with_columns(pl.col("level").cast(pl.Enum(["low", "middle", "high"])))


def design(data: pl.DataFrame | None = None) -> SurveyDesign:
    return survey_design(table() if data is None else data, weights="w", strata="stratum", psu="unit")


def codes(error: pytest.ExceptionInfo[BadInput]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_missing_values_leave_the_model_but_not_the_design() -> None:
    """Cases without outcome or terms count as a domain: same as asking for the others, units and strata unchanged."""
    data = table().with_columns(age=pl.when(pl.int_range(pl.len()) % 9 == 0).then(None).otherwise("age"))
    gaps = design(data)
    model = regression(gaps, "innovative", ["age", "sector"], "logit")
    asked = regression(design(), "innovative", ["age", "sector"], "logit", domain=data["age"].is_not_null().to_numpy())
    assert model.missing == {"innovative": 0, "age": 14, "sector": 0}
    assert model.n == 106
    assert np.allclose(model.covariance, asked.covariance, rtol=1e-13)
    dropped = regression(design(data.drop_nulls()), "innovative", ["age", "sector"], "logit")
    assert np.allclose(dropped.coefficients, model.coefficients, rtol=1e-12)
    assert "age 14" in plain_words(model)


def test_names_order_and_interactions_as_in_r() -> None:
    model = regression(design(), "count", ["sector*age"], "poisson")
    assert model.names == (
        "(Intercept)", "sectorregion", "sectorstate", "age", "sectorregion:age", "sectorstate:age",
    )  # fmt: skip
    alone = regression(design(), "count", ["sector:age"], "poisson")
    assert alone.names == ("(Intercept)", "sectormunicipality:age", "sectorregion:age", "sectorstate:age")
    same = model.term_test("age:sector")
    assert same == model.term_test("age:sector")
    assert same.ndf == 2


def test_the_order_of_an_enum_is_kept_and_empty_categories_are_left_out() -> None:
    states = pl.Enum(["state", "nobody", "region", "municipality"])
    data = table().with_columns(pl.col("sector").cast(states))
    assert regression(design(data), "count", ["sector"]).names == ("(Intercept)", "sectorregion", "sectormunicipality")


def test_scaling_terms_weights_and_rows_changes_nothing_else() -> None:
    plain = regression(design(), "innovative", ["age"], "logit")
    data = table().with_columns(pl.col("age") * 1e8, pl.col("w") * 1e-6).sample(fraction=1, shuffle=True, seed=3)
    scaled = regression(design(data), "innovative", ["age"], "logit")
    assert np.allclose(scaled.coefficients * [1, 1e8], plain.coefficients, rtol=1e-9)
    assert np.allclose(scaled.se * [1, 1e8], plain.se, rtol=1e-9)


def test_replicates_fit_the_model_anew() -> None:
    """A jackknife of units is near linearisation with replacement, and exactly what fitting by hand gives."""
    from barometer.estimation import ReplicateColumns

    data = table()
    units = data["unit"].unique(maintain_order=True).to_list()
    strata = data.group_by("unit", maintain_order=True).first()["stratum"]
    factors = {
        f"r{place}": np.where(
            data["unit"] == unit, 0.0, np.where(data["stratum"] == stratum, 4 / 3, 1.0)
        )
        for place, (unit, stratum) in enumerate(zip(units, strata, strict=True))
    }  # fmt: skip
    wide = data.with_columns(**{name: factor * data["w"] for name, factor in factors.items()})
    how = ReplicateColumns(tuple(factors), type="JKn", scale=1.0, rscales=[3 / 4] * len(units))
    model = regression(survey_design(wide, weights="w", replicates=how), "innovative", ["age"], "logit")
    assert model.replicates_without_fit == 0
    assert np.allclose(model.se, regression(design(), "innovative", ["age"], "logit").se, rtol=0.1)
    by_hand = []
    for name in factors:
        one = survey_design(wide.filter(pl.col(name) > 0), weights=name, strata="stratum", psu="unit")
        by_hand.append(regression(one, "innovative", ["age"], "logit").coefficients)
    spread = np.array(by_hand) - np.mean(by_hand, axis=0)
    assert np.allclose(model.covariance, 3 / 4 * spread.T @ spread, rtol=1e-8)


@pytest.mark.parametrize("family", ["multinomial", "ordinal"])
def test_two_of_three_categories_make_it_a_logistic_model(family: str) -> None:
    """A multinomial model of one term fits the same odds as a logistic model of two of its categories does, when the
    term is a category; ordinal thresholds alone reproduce the shares."""
    model = regression(design(), "level", ["sector"] if family == "multinomial" else [], family)
    if family == "multinomial":
        rest = regression(design(), "level", ["sector"], "logit", domain=(table()["level"] != "high").to_numpy())
        place = [model.names.index(f"middle: {name}") for name in rest.names]
        assert np.allclose(model.coefficients[place], rest.coefficients, rtol=1e-9)
        assert np.allclose(model.se[place], rest.se, rtol=1e-9)
    else:
        data = table()
        below = data.filter(pl.col("level") == "low")["w"].sum() / data["w"].sum()
        assert model.names == ("low|middle", "middle|high")
        assert math.isclose(model.coefficients[0], math.log(below / (1 - below)), rel_tol=1e-12)


@pytest.mark.parametrize("family", ["gaussian", "logit", "poisson", "multinomial", "ordinal"])
def test_scores_and_information_are_derivatives(family: str) -> None:
    """The fit is at the top of the likelihood, and the information is its curvature, by central differences."""
    outcome = {"logit": "innovative", "multinomial": "level", "ordinal": "level"}.get(family, "count")
    model = regression(design(), outcome, ["age", "sector"], family)
    X = model.terms.matrix()[0][:, 1:] if family == "ordinal" else model.terms.matrix()[0]
    data = table()
    y = data[outcome].to_physical().cast(pl.Float64).to_numpy()
    weight = data["w"].to_numpy()
    scale = model.se
    information = model.fitted.information(X, y, weight, model.coefficients)

    def gradient(at: np.ndarray) -> np.ndarray:
        return model.fitted.likelihood(X, y, weight, at)[1]

    assert np.abs(gradient(model.coefficients) * scale).max() < 1e-6
    for place, width in enumerate(scale):
        step = np.zeros(len(scale))
        step[place] = 1e-4 * width
        up, down = (model.fitted.likelihood(X, y, weight, model.coefficients + sign * step) for sign in (1, -1))
        top = model.fitted.likelihood(X, y, weight, model.coefficients)[0]
        assert up[0] <= top + 1e-9
        slope = (up[1] - down[1]) / (2 * step[place])
        assert np.allclose(slope * scale, -information[place] * scale, rtol=1e-4, atol=1e-4)


def test_margins_of_a_model_of_categories_are_the_means() -> None:
    """With one factor only, predictive margins are the domains' weighted means, and the effects their differences."""
    data = table()
    model = regression(design(), "innovative", ["sector"], "logit")
    margins = predictive_margins(model, "sector")
    means = data.group_by("sector").agg(
        value=(pl.col("innovative") * pl.col("w")).sum() / pl.col("w").sum()
    ).sort("sector")["value"]  # fmt: skip
    assert np.allclose(margins["estimate"], means, rtol=1e-12)
    effects = marginal_effects(model)
    assert np.allclose(effects["estimate"], [means[1] - means[0], means[2] - means[0]], rtol=1e-10)
    linear = regression(design(), "innovative", ["sector"])
    assert np.allclose(effects["se"], linear.se[1:], rtol=1e-9)


def test_the_slope_of_a_number_is_its_coefficient_in_a_linear_model() -> None:
    model = regression(design(), "count", ["age", "sector"])
    slope = marginal_effects(model, ["age"], covariates="fixed").row(0, named=True)
    assert math.isclose(slope["estimate"], model.coefficients[1], rel_tol=1e-10)
    assert math.isclose(slope["se"], model.se[1], rel_tol=1e-10)
    logistic = regression(design(), "innovative", ["age"], "logit")
    mean = logistic.fitted.response(logistic.terms.matrix()[0], logistic.coefficients)[:, 0]
    weight = table()["w"].to_numpy()
    known = logistic.coefficients[1] * (weight @ (mean * (1 - mean))) / weight.sum()
    assert math.isclose(marginal_effects(logistic)["estimate"][0], known, rel_tol=1e-8)


@pytest.mark.parametrize("family", ["multinomial", "ordinal"])
def test_margins_of_all_categories_sum_to_one(family: str) -> None:
    model = regression(design(), "level", ["sector", "age"], family)
    sums = predictive_margins(model, "sector").group_by("category").agg(pl.col("estimate").sum())["estimate"]
    assert np.allclose(sums, 1.0, rtol=1e-12)
    effects = marginal_effects(model).group_by("factor", "category").agg(pl.col("estimate").sum())["estimate"]
    assert np.allclose(effects, 0.0, atol=1e-9)


def test_plain_words_never_say_that_one_thing_makes_another() -> None:
    for family, outcome in (("logit", "innovative"), ("gaussian", "age"), ("poisson", "count"), ("ordinal", "level")):
        terms = ["sector"] if outcome == "age" else ["sector", "age"]
        text = plain_words(regression(design(), outcome, terms, family)).lower()
        for word in ("cause", "effect", "impact", "because", "leads to", "due to", "influence", "result"):
            assert word not in text.replace("left out because a value is missing", "")
        assert "do not say what would happen" in text
        assert "sector" in text


def test_unknown_columns_and_unsuited_ones() -> None:
    with pytest.raises(BadInput) as error:
        regression(design(), "innovative", ["sectr", "ages"], "logit")
    assert codes(error) == ["T040", "T040"]
    assert "sector" in error.value.problems[0].way_out
    for outcome, family in (("sector", "gaussian"), ("sector", "logit"), ("innovative", "ordinal")):
        with pytest.raises(BadInput) as error:
            regression(design(), outcome, ["age"], family)
        assert codes(error) == ["T041"]
    with pytest.raises(BadInput) as error:
        regression(design(table().with_columns(pl.col("count") - 5)), "count", ["age"], "poisson")
    assert codes(error) == ["T041"]


def test_collinear_terms_are_named() -> None:
    data = table().with_columns(years=pl.col("age") * 2 + 1, country=pl.lit("DK"), same=pl.col("sector"))
    for terms, column, other in (
        (["age", "years"], "years", "'age'"),
        (["age", "country"], "country", "'DK'"),
        (["sector", "same"], "sameregion", "'sectorregion'"),
    ):
        with pytest.raises(BadInput) as error:
            regression(design(data), "innovative", terms, "logit")
        assert codes(error)[0] == "T042"
        assert error.value.problems[0].place.column == column
        assert other in error.value.problems[0].found


@pytest.mark.parametrize("family", ["logit", "multinomial", "ordinal", "poisson"])
def test_separation_is_refused(family: str) -> None:
    """Where all cases of a category have the same outcome, other programs print huge coefficients without errors."""
    state = pl.col("sector") == "state"
    data = table().with_columns(
        pl.when(state).then(1).otherwise("innovative").alias("innovative"),
        pl.when(state).then(0).otherwise("count").alias("count"),
        pl.when(state).then(pl.lit("high")).otherwise(pl.col("level").cast(pl.String)).cast(
            pl.Enum(["low", "middle", "high"])
        ).alias("level"),
    )  # fmt: skip
    outcome = {"logit": "innovative", "poisson": "count"}.get(family, "level")
    with pytest.raises(BadInput) as error:
        regression(design(data), outcome, ["age", "sector"], family)
    assert codes(error) == ["T043"]
    assert "sectorstate" in error.value.problems[0].found


def test_a_number_can_separate_too() -> None:
    data = table().with_columns(innovative=(pl.col("age") > 40).cast(pl.Int64))
    with pytest.raises(BadInput) as error:
        regression(design(data), "innovative", ["age"], "logit")
    assert codes(error) == ["T043"]


def test_too_little_data() -> None:
    nobody = np.zeros(120, dtype=bool)
    with pytest.raises(BadInput) as error:
        regression(design(), "count", ["age"], domain=nobody)
    assert codes(error) == ["T044"]
    few = np.arange(120) < 12  # one stratum of four units
    with pytest.raises(BadInput) as error:
        regression(design(), "count", ["age", "sector", "innovative"], domain=few)
    assert codes(error) == ["T044"]
    same = (table()["innovative"] == 1).to_numpy()
    with pytest.raises(BadInput) as error:
        regression(design(), "innovative", ["age"], "logit", domain=same)
    assert codes(error) == ["T044"]


def test_a_fit_that_does_not_settle_is_told() -> None:
    """Offsets are logarithms: e to the power of 800 is no number."""
    data = table().with_columns(exposure=pl.when(pl.int_range(pl.len()) % 2 == 0).then(800.0).otherwise(-800.0))
    with pytest.raises(BadInput) as error:
        regression(design(data), "count", ["age"], "poisson", offset="exposure")
    assert codes(error) == ["T045"]
    logs = table().with_columns(exposure=pl.lit(2.0))
    shifted = regression(design(logs), "count", ["age"], "poisson", offset="exposure")
    plain = regression(design(), "count", ["age"], "poisson")
    assert np.allclose(shifted.coefficients + np.array([2, 0]), plain.coefficients, rtol=1e-10)


def test_an_index_runs_from_0_to_100() -> None:
    data = pl.DataFrame({"w": [1.0, 2.0, 1.0], "a": [1, 5, None], "b": [5, 1, 3]})
    plain = survey_design(data, weights="w")
    both = index(plain, "score", ["a", "b"], scale=(1, 5), reverse=["b"]).data["score"]
    assert both.to_list() == [0.0, 100.0, None]
    some = index(plain, "score", ["a", "b"], scale=(1, 5), minimum=1, item_weights={"a": 3.0, "b": 1.0}).data["score"]
    assert some.to_list() == [25.0, 75.0, 50.0]
    with pytest.raises(BadInput) as error:
        index(plain, "score", ["a", "b"], scale=(1, 4))
    assert codes(error) == ["T041", "T041"]
