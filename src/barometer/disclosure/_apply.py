"""Application: the decision carried out on the estimates, giving the public tables."""

from collections.abc import Mapping

import polars as pl
from scipy import stats

from barometer.model import TOTAL, Edition, Measure
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
    smallest = edition.rules.minimum_units
    shares = [
        (survey.id, one.id)
        for survey in edition.surveys
        for one in survey.programme.indicators
        if one.measure is Measure.SHARE
    ]
    share = pl.struct("survey", "indicator").is_in([{"survey": a, "indicator": b} for a, b in shares])
    half_width = (pl.col("ci_high") - pl.col("ci_low")) / 2
    no_margin = pl.col("ci_low").is_null() | pl.col("ci_high").is_null()
    shown = pl.col("status") == ""
    marked = estimates.cells.with_row_index("row").with_columns(
        status=pl.when(pl.col("row").is_in(sorted(hidden)))
        .then(pl.lit("c"))
        .when(pl.col("row").is_in(sorted(empty)))
        .then(pl.lit("z"))
        .otherwise(pl.lit(""))
    )
    counts = {
        name: pl.when(shown & (pl.col("breakdown") == TOTAL) & ((pl.col(name) == 0) | (pl.col(name) >= smallest))).then(
            pl.col(name)
        )
        for name in ("n_dont_know", "n_missing")
    }
    quality = (
        pl.when(~shown)
        .then(pl.lit(""))
        .when(no_margin)
        .then(pl.lit("m"))
        .when(share & (half_width >= edition.rules.unreliable_margin))
        .then(pl.lit("u"))
        .otherwise(pl.lit(""))
    )
    return marked.with_columns(
        *(_rounded(pl.when(shown).then(pl.col(name))).alias(name) for name in ("value", "ci_low", "ci_high")),
        pl.when(shown).then(pl.col("n")).alias("n"),
        *(expression.alias(name) for name, expression in counts.items()),
        quality.alias("quality"),
    ).select(column.name for column in RELEASED_CELLS)


def released_contrasts(edition: Edition, estimates: Estimates, hidden: set[int]) -> pl.DataFrame:
    """RELEASED_CONTRASTS: pairs of published cells only."""
    keys = ["survey", "indicator", "breakdown"]
    shown = estimates.cells.with_row_index("row").filter(
        ~pl.col("row").is_in(sorted(hidden)) & pl.col("value").is_not_null()
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
            None if se is None or df is None or df <= 0 else float(stats.t.ppf(1 - levels[survey] / 2, df)) * se
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
    """RESPONSE without counts of a few units; the frame is public anyway."""
    few = edition.rules.minimum_units
    small = {name: (pl.col(name) > 0) & (pl.col(name) < few) for name in ("sampled", "responded")}
    return estimates.response.with_columns(
        pl.when(~small["sampled"]).then(pl.col("sampled")).alias("sampled"),
        *(pl.when(~small["responded"]).then(pl.col(name)).alias(name) for name in ("responded", "cases")),
    ).select(column.name for column in RESPONSE)


def released_diagnostics(estimates: Estimates) -> pl.DataFrame:
    """DIAGNOSTICS, rounded."""
    return estimates.diagnostics.with_columns(_rounded(pl.col("value")).alias("value")).select(
        column.name for column in DIAGNOSTICS
    )


def footnotes(cells: pl.DataFrame) -> dict[str, dict[str, str]]:
    """The marks that occur, and what they mean in each language."""
    marks = set(cells["status"]) | set(cells["quality"])
    return {mark: dict(texts) for mark, texts in FOOTNOTES.items() if mark in marks}


def _rounded(number: pl.Expr) -> pl.Expr:
    """Six decimals, and no negative zero."""
    return number.round(DECIMALS) + 0.0
