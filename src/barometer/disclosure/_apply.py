"""Application: the decision carried out on the estimates, giving the public tables."""

from collections import Counter
from collections.abc import Mapping

import polars as pl
from scipy.special import stdtrit

from barometer.disclosure._precision import TOO_UNCERTAIN, quality, too_uncertain
from barometer.model import TOTAL, Edition, Selection
from barometer.problems import Place, Problem
from barometer.tables import DIAGNOSTICS, RELEASED_CELLS, RELEASED_CONTRASTS, RESPONSE, Estimates

DECIMALS = 6

FOOTNOTES: Mapping[str, Mapping[str, str]] = {
    "c": {
        "da": "Vises ikke af hensyn til fortroligheden.",
        "nb": "Vises ikke av hensyn til konfidensialitet.",
        "sv": "Visas inte av sekretesskäl.",
        "en": "Not shown, to protect confidentiality.",
    },
    "z": {
        "da": "Ingen svar.",
        "nb": "Ingen svar.",
        "sv": "Inga svar.",
        "en": "No respondents.",
    },
    "u": {
        "da": "Usikkert tal: bred usikkerhedsmargin.",
        "nb": "Usikkert tall: bred feilmargin.",
        "sv": "Osäker siffra: bred felmarginal.",
        "en": "Uncertain figure: wide margin of error.",
    },
    "q": {
        "da": "Vises ikke, fordi tallet er for usikkert.",
        "nb": "Vises ikke fordi tallet er for usikkert.",
        "sv": "Visas inte eftersom siffran är för osäker.",
        "en": "Not shown, because the figure is too uncertain.",
    },
    "m": {
        "da": "Usikkerhedsmarginen kan ikke beregnes.",
        "nb": "Feilmarginen kan ikke beregnes.",
        "sv": "Felmarginalen kan inte beräknas.",
        "en": "The margin of error cannot be calculated.",
    },
}
"""What the marks of the public tables mean."""


def released_cells(edition: Edition, estimates: Estimates, hidden: set[int], empty: set[int]) -> pl.DataFrame:
    """RELEASED_CELLS: `hidden` and `empty` are rows of the estimates."""
    smallest = {survey.id: edition.rules_of(survey.id).minimum_units for survey in edition.surveys}
    shown = pl.col("status") == ""
    marked = estimates.cells.with_row_index("row").with_columns(
        status=pl.when(pl.col("row").is_in(sorted(hidden)))
        .then(pl.lit("c"))
        .when(pl.col("row").is_in(sorted(empty)))
        .then(pl.lit("z"))
        .when(too_uncertain(edition))
        .then(pl.lit(TOO_UNCERTAIN))
        .otherwise(pl.lit("")),
        smallest=pl.col("survey").replace_strict(smallest, return_dtype=pl.Int64),
    )
    enough = {name: (pl.col(name) == 0) | (pl.col(name) >= pl.col("smallest")) for name in ("n_dont_know", "n_missing")}
    counts = {
        name: pl.when(shown & (pl.col("breakdown") == TOTAL) & some).then(pl.col(name)) for name, some in enough.items()
    }
    return marked.with_columns(
        *(_rounded(pl.when(shown).then(pl.col(name))).alias(name) for name in ("value", "ci_low", "ci_high")),
        pl.when(shown | (pl.col("status") == TOO_UNCERTAIN)).then(pl.col("n")).alias("n"),
        *(expression.alias(name) for name, expression in counts.items()),
        quality=pl.when(shown).then(quality(edition)).otherwise(pl.lit("")),
        as_in_release=pl.lit(None, dtype=pl.Int64),
    ).select(column.name for column in RELEASED_CELLS)


def released_contrasts(edition: Edition, estimates: Estimates, hidden: set[int]) -> pl.DataFrame:
    """RELEASED_CONTRASTS: pairs of published cells only."""
    keys = ["survey", "indicator", "breakdown"]
    shown = estimates.cells.with_row_index("row").filter(
        ~pl.col("row").is_in(sorted(hidden)) & pl.col("value").is_not_null() & ~too_uncertain(edition)
    )
    pairs = estimates.contrasts
    for side in ("cell_a", "cell_b"):
        pairs = pairs.join(
            shown.select(*keys, pl.col("cell").alias(side)), on=[*keys, side], how="semi", maintain_order="left"
        )
    levels = {survey.id: survey.programme.level for survey in edition.surveys}
    half = pl.Series(
        "half",
        [
            None if se is None or df is None or df <= 0 else float(stdtrit(df, 1 - levels[survey] / 2)) * se
            for survey, se, df in pairs.select("survey", "se", "df").iter_rows()
        ],
        dtype=pl.Float64,
    )
    return (
        pairs.with_columns(half)
        .with_columns(
            _rounded(pl.col("difference")).alias("difference"),
            _rounded(pl.col("difference") - pl.col("half")).alias("ci_low"),
            _rounded(pl.col("difference") + pl.col("half")).alias("ci_high"),
            _rounded(pl.col("p")).alias("p"),
            _rounded(pl.col("p_holm")).alias("p_holm"),
        )
        .select(column.name for column in RELEASED_CONTRASTS)
    )


def released_response(edition: Edition, estimates: Estimates) -> pl.DataFrame:
    """RESPONSE without counts of a few units, and without how many were asked in cells as fine as the strata: beside
    the register, which is public, that would tell the sampling fractions, and so the weights."""
    few = {survey.id: edition.rules_of(survey.id).minimum_units for survey in edition.surveys}
    fewest = pl.col("survey").replace_strict(few, return_dtype=pl.Int64)
    small = {name: (pl.col(name) > 0) & (pl.col(name) < fewest) for name in ("sampled", "responded")}
    return estimates.response.with_columns(
        pl.when(~small["sampled"] & ~_as_fine_as_strata(edition)).then(pl.col("sampled")).alias("sampled"),
        *(pl.when(~small["responded"]).then(pl.col(name)).alias(name) for name in ("responded", "cases")),
    ).select(column.name for column in RESPONSE)


def _as_fine_as_strata(edition: Edition) -> pl.Expr:
    """Over RESPONSE: cells that lie within one stratum of a sample, or within strata of one sampling fraction."""
    found = [
        {"survey": survey.id, "breakdown": one.id}
        for survey in edition.surveys
        for one in survey.programme.breakdowns
        for columns in (set(survey.design.strata), {survey.design.fraction_by} - {""})
        if survey.design.selection is Selection.STRATIFIED
        and columns
        and columns <= set(survey.programme.register_columns(one))
    ]
    return pl.struct("survey", "breakdown").is_in(found) if found else pl.lit(value=False)


def released_diagnostics(estimates: Estimates) -> pl.DataFrame:
    """DIAGNOSTICS, rounded."""
    return estimates.diagnostics.with_columns(_rounded(pl.col("value")).alias("value")).select(
        column.name for column in DIAGNOSTICS
    )


def nothing_left(edition: Edition, cells: pl.DataFrame) -> list[Problem]:
    """Surveys none of whose figures can be shown (D016); `cells` as released."""
    problems = []
    for survey in edition.surveys:
        status = Counter(cells.filter(pl.col("survey") == survey.id)["status"])
        if not status[""] and (hidden := status["c"] + status[TOO_UNCERTAIN]):
            problems.append(
                Problem(
                    "D016",
                    Place("outputs.toml", field=survey.id),
                    f"all {hidden} figures of survey '{survey.id}' would be hidden",
                    "figures that can be published",
                    "Merge categories with [[merge]], publish fewer breakdowns, or wait for more answers.",
                )
            )
    return problems


def footnotes(cells: pl.DataFrame) -> dict[str, dict[str, str]]:
    """The marks that occur, and what they mean in each language."""
    marks = set(cells["status"]) | set(cells["quality"])
    return {mark: dict(texts) for mark, texts in FOOTNOTES.items() if mark in marks}


def _rounded(number: pl.Expr) -> pl.Expr:
    """Six decimals, and no negative zero."""
    return number.round(DECIMALS) + 0.0
