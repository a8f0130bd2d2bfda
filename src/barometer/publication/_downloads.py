"""Files of figures for those who want to reckon on: CSV with names, Parquet with codes, JSON that explains both.

All come from the release alone, so nothing reaches a file around disclosure control.
"""

import io
import json
from collections.abc import Mapping

import polars as pl

from barometer.model import ALL, TOTAL, Edition, Indicator, Measure, Text, Theme
from barometer.publication._cube import Cube
from barometer.publication._figure import Figure, figures_of, overviews
from barometer.publication._language import Language, language
from barometer.publication._vega import vega_lite
from barometer.publication._wording import cite_figure, cite_theme
from barometer.publication.open_data import SHARE_DECIMALS

CELL_COLUMNS = (
    "edition", "synthetic", "survey", "indicator", "indicator_label", "measure", "breakdown", "breakdown_label",
    "cell", "cell_label", "value", "ci_low", "ci_high", "n", "n_dont_know", "n_missing", "status", "quality",
    "as_in_release",
)  # fmt: skip


def slug(indicator: Indicator) -> str:
    """An indicator's name in addresses: 'NOV_LEVEL=copy' is 'nov_level-copy'. Ids have no '-', so it is unique."""
    return slug_of(indicator.id)


def slug_of(indicator_id: str) -> str:
    return indicator_id.lower().replace("=", "-")


def csv_path(indicator: Indicator) -> str:
    """Where an indicator's file is inside a language's folder."""
    return f"data/{slug(indicator)}.csv"


def vega_path(indicator: Indicator) -> str:
    """Where an indicator's drawings are inside a language's folder."""
    return f"data/{slug(indicator)}.vega.json"


def theme_csv_path(theme: Theme) -> str:
    return f"data/themes/{theme.id}.csv"


def theme_vega_path(theme: Theme) -> str:
    return f"data/themes/{theme.id}.vega.json"


def cells_path(edition: Edition) -> str:
    return f"data/{edition.id}.csv"


def common_files(cube: Cube) -> dict[str, bytes]:
    """Files that are the same in every language, under data/."""
    edition = cube.edition
    marked = _marked(cube.release.cells, cube, ("value", "ci_low", "ci_high"))
    parquet = io.BytesIO()
    marked.write_parquet(parquet, compression="zstd", metadata={"edition": edition.id, "synthetic": _flag(edition)})
    return {
        f"data/{edition.id}.parquet": parquet.getvalue(),
        f"data/{edition.id}-differences.csv": _csv(
            _marked(cube.release.contrasts, cube, ("difference", "ci_low", "ci_high"))
        ),
        f"data/{edition.id}.json": _json(metadata(cube)),
    }


def language_files(cube: Cube, language: Language) -> dict[str, bytes]:
    """CSV of the whole cube, of each indicator and of each theme, with names in `language`, and their figures as
    Vega-Lite; paths inside the language's folder."""
    labelled = _labelled(cube, language)
    parts = labelled.partition_by("indicator", maintain_order=True, as_dict=True)
    files = {cells_path(cube.edition): _csv(labelled)}
    for indicator in cube.edition.indicators:
        files[csv_path(indicator)] = _csv(parts[(indicator.id,)])
        citation = cite_figure(cube.edition, indicator, language)
        files[vega_path(indicator)] = vega_lite(figures_of(cube, indicator), language, citation)
    for theme in cube.edition.themes:
        files[theme_csv_path(theme)] = _csv(pl.concat(parts[(one,)] for one in theme.indicators))
        citation = cite_theme(cube.edition, theme, language)
        files[theme_vega_path(theme)] = vega_lite(theme_figures(cube, theme), language, citation)
    return files


def theme_figures(cube: Cube, theme: Theme) -> tuple[Figure, ...]:
    """The drawings of a theme's page: its overviews, then each figure by its first breakdown."""
    single = tuple(figures_of(cube, cube.indicator(one))[0] for one in theme.indicators)
    return (*overviews(cube, theme), *single)


def metadata(cube: Cube) -> dict[str, object]:
    """The data dictionary: columns, codes and names in all languages, questions, rules and marks."""
    edition = cube.edition
    languages = [language(code) for code in edition.languages]
    return {
        "edition": edition.id,
        "title": dict(edition.title),
        "synthetic": edition.synthetic,
        "synthetic_note": dict(edition.synthetic_note),
        "reference_period": [edition.period_start.isoformat(), edition.period_end.isoformat()],
        "released": edition.release_at.isoformat(),
        "publisher": dict(edition.publisher.name),
        "contact": edition.publisher.contact,
        "licence": edition.publisher.licence,
        "definition": dict(edition.definition),
        "sources": list(edition.sources),
        "level": edition.rules.level,
        "columns": {name: {one.code: one.say(f"column.{name}") for one in languages} for name in CELL_COLUMNS},
        "marks": {mark: {one.code: one.say(f"explain.{mark}") for one in languages} for mark in "czqum"},
        "surveys": [
            {
                "id": survey.id,
                "title": dict(survey.title),
                "units": dict(survey.frame.units_plural),
                "selection": survey.design.selection.value,
                "weighted": survey.weighting.weighted,
                "questionnaire": {"version": survey.instrument.version, "sha256": survey.instrument.digest},
                "breakdowns": [
                    {
                        "id": breakdown.id,
                        "label": dict(breakdown.label),
                        "overlapping": breakdown.overlapping,
                        "categories": {one.code: dict(one.label) for one in breakdown.categories},
                    }
                    for breakdown in survey.programme.breakdowns
                ],
                "indicators": [_indicator(cube, one) for one in survey.programme.indicators],
            }
            for survey in edition.surveys
        ],
    }


def _indicator(cube: Cube, indicator: Indicator) -> dict[str, object]:
    survey = cube.owners[indicator.id]
    question = survey.measured.question(indicator.question.partition(".")[0]) if indicator.question else None
    return {
        "id": indicator.id,
        "label": dict(indicator.label),
        "measure": indicator.measure.value,
        "unit": dict(indicator.unit),
        "universe": dict(cube.universe(indicator).label),
        "question_id": indicator.question,
        "question": dict(question.text) if question else {},
        "components": list(indicator.components),
        "numerator": indicator.numerator.source if indicator.numerator else "",
        "dont_know": indicator.dont_know.value,
        "not_relevant": indicator.not_relevant.value,
        "note": dict(indicator.note),
        "breaks": {edition: dict(reason) for edition, reason in indicator.breaks.items()},
    }


def _marked(table: pl.DataFrame, cube: Cube, scaled: tuple[str, ...]) -> pl.DataFrame:
    """The table behind columns that say what it is of; shares and what is on their scale as per cent."""
    edition = cube.edition
    marks = pl.lit(edition.id).alias("edition"), pl.lit(edition.synthetic).alias("synthetic")
    share = pl.col("indicator").is_in([one.id for one in edition.indicators if one.measure is Measure.SHARE])
    per_cent = [
        pl.when(share).then((pl.col(name) * 100).round(SHARE_DECIMALS)).otherwise(pl.col(name)) for name in scaled
    ]
    return table.select(*marks, pl.all()).with_columns(per_cent)


def _labelled(cube: Cube, language: Language) -> pl.DataFrame:
    edition = cube.edition

    def names(rows: Mapping[tuple[str, ...], Text], keys: tuple[str, ...], label: str) -> pl.DataFrame:
        columns = {key: [row[n] for row in rows] for n, key in enumerate(keys)}
        return pl.DataFrame({**columns, label: [language.text(text) for text in rows.values()]})

    indicators: dict[tuple[str, ...], Text] = {(one.id,): one.label for one in edition.indicators}
    measures = pl.DataFrame(
        {
            "indicator": [one.id for one in edition.indicators],
            "measure": [one.measure.value for one in edition.indicators],
        }
    )
    everyone = {code: language.say("methods.everyone") for code in edition.languages}
    breakdowns: dict[tuple[str, ...], Text] = {(one.id, TOTAL): everyone for one in edition.surveys}
    cells: dict[tuple[str, ...], Text] = {(one.id, TOTAL, ALL): everyone for one in edition.surveys}
    for survey in edition.surveys:
        for breakdown in survey.programme.breakdowns:
            breakdowns[survey.id, breakdown.id] = breakdown.label
            cells |= {(survey.id, breakdown.id, one.code): one.label for one in breakdown.categories}
    return (
        _marked(cube.release.cells, cube, ("value", "ci_low", "ci_high"))
        .join(names(indicators, ("indicator",), "indicator_label"), on="indicator", maintain_order="left", how="left")
        .join(measures, on="indicator", maintain_order="left", how="left")
        .join(
            names(breakdowns, ("survey", "breakdown"), "breakdown_label"),
            on=["survey", "breakdown"],
            maintain_order="left",
            how="left",
        )
        .join(
            names(cells, ("survey", "breakdown", "cell"), "cell_label"),
            on=["survey", "breakdown", "cell"],
            maintain_order="left",
            how="left",
        )
        .select(CELL_COLUMNS)
    )


def _csv(table: pl.DataFrame) -> bytes:
    # A byte order mark, without which spreadsheets take æ, ø and å for something else.
    return table.write_csv(include_bom=True).encode()


def _flag(edition: Edition) -> str:
    return "true" if edition.synthetic else "false"


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
