"""`research-file`: answers and weights of an edition as one file a survey, for researchers inside the house."""

from __future__ import annotations

import hmac
import os
from hashlib import sha256
from typing import TYPE_CHECKING

import click

from barometer.cli._desk import edition, open_desk
from barometer.cli._installation import open_installation

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from barometer.model import Edition, Survey
    from barometer.pipeline import Desk
    from barometer.questionnaire import Variable
    from barometer.web.fieldwork.queries.answers import Collected

FORMATS = ("sav", "dta", "parquet", "codebook", "ddi")
STEP = "research"
WEIGHT = "weight"


@click.command(name="research-file")
@edition
@click.option("--language", default="", help="Of labels (default: the edition's first).")
@click.option("--format", "formats", type=click.Choice(FORMATS), multiple=True, default=FORMATS, show_default=False)
@click.pass_context
def research_file(ctx: click.Context, edition: str, language: str, formats: tuple[str, ...]) -> None:
    """Write answers, weights and register groups for SPSS, Stata and others, with a codebook. For staff only.

    The files lie in build/<edition>/research and never in a release: they are pseudonymised, not anonymous. Whoever
    writes them is in the log.
    """
    desk = open_desk(ctx, edition)
    spoken = checked_language(desk.edition, language)
    open_installation(ctx.obj)
    from django.db import transaction

    from barometer.web.audit.actions import record

    with desk.build.lock(), transaction.atomic():
        files = research_files(desk, spoken, formats, os.environ["BAROMETER_LINK_KEY"])
        about = {"step": STEP, "edition": desk.edition.id, "synthetic": desk.edition.synthetic}
        desk.build.write(STEP, files, about)
        (desk.build.root / STEP).chmod(0o700)
        record("research file written", by="command line", edition=desk.edition.id, formats=list(formats))
    for name, content in files.items():
        click.echo(f"{desk.build.root / STEP / name}  {len(content):,} bytes")


COMMANDS = (research_file,)


def checked_language(edition: Edition, language: str) -> str:
    """The language of labels; raises `BadInput` C063 where the edition does not have it."""
    from barometer.problems import BadInput, Place, Problem, suggestion

    known = edition.languages
    if language and language not in known:
        way_out = suggestion(language, known)
        told = Problem("C063", Place(field="language"), f"'{language}'", f"one of: {', '.join(known)}", way_out)
        raise BadInput((told,))
    return language or known[0]


def research_files(desk: Desk, language: str, formats: Sequence[str], key: str) -> dict[str, bytes]:
    """'survey/file' -> content, from what 'answers' and 'weigh' left in the build folder. `key`: of the pseudonyms,
    which tell nobody without it which unit a case is, and are the same each time."""
    from barometer import pipeline
    from barometer.tables import from_parquet
    from barometer.web.fieldwork.exports import write_files

    samples = pipeline.drawn_samples(desk)
    answers, weights = desk.build.read("answers", "simulate"), desk.build.read("weigh", "weigh")
    files: dict[str, bytes] = {}
    for survey in desk.edition.surveys:
        table = from_parquet(answers[f"{survey.id}.parquet"])
        weighted = from_parquet(weights[f"{survey.id}.cases.parquet"])
        found, groups = _found(desk.edition, survey, samples[survey.id].units, table, weighted, key)
        for name, content in write_files(found, groups, formats, language):
            files[f"{survey.id}/{name}"] = content
    return files


def _found(
    edition: Edition, survey: Survey, units: pl.DataFrame, table: pl.DataFrame, weighted: pl.DataFrame, key: str
) -> tuple[Collected, tuple[Variable, ...]]:
    """The answers as exports take them, and the register's groups as variables beside them."""
    import polars as pl

    from barometer.questionnaire import AnswerState, count_answers
    from barometer.web.fieldwork.models import Collection
    from barometer.web.fieldwork.queries.answers import Collected

    complete = pl.Series([False] * table.height)
    counted = count_answers(survey.measured, units, table, complete)
    groups = _groups(survey)
    register = table.select("case_id", "unit_id").join(units, on="unit_id", how="left", maintain_order="left")
    own = register.select("case_id", *(pl.col(one.column.partition(".")[2]).alias(one.column) for one in groups))
    answered = pl.lit(AnswerState.ANSWERED.value, dtype=counted.states.dtypes[-1])
    states = own.select("case_id", *(answered.alias(one.column) for one in groups))
    names = {one: _pseudonym(f"{edition.id}/{survey.id}/{one}", key) for one in table["case_id"]}

    def hidden(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(pl.col("case_id").replace_strict(names)).sort("case_id")

    found = Collected(
        collection=Collection(edition=edition.id, survey=survey.id, title=dict(survey.title)),
        layer="edited",
        versions={1: survey.instrument},
        answers=hidden(counted.answers.join(own, on="case_id", maintain_order="left")),
        states=hidden(counted.states.join(states, on="case_id", maintain_order="left")),
        cases=hidden(weighted.select("case_id", "stratum", "design_weight", WEIGHT)),
        codings=survey.codings,
    )
    return found, groups


def _groups(survey: Survey) -> tuple[Variable, ...]:
    """The register's categories that surveys are broken down by or weighed with; never the unit or its name."""
    from barometer.questionnaire import Variable, VariableCategory, VariableMeasure

    return tuple(
        Variable(
            name=f"reg_{column.name}"[:32],
            column=f"register.{column.name}",
            measure=VariableMeasure.CODE,
            label=column.label,
            question={},
            categories=tuple(
                VariableCategory(number, one.code, one.label) for number, one in enumerate(column.categories, 1)
            ),
        )
        for column in survey.frame.columns
        if column.categories
    )


def _pseudonym(case: str, key: str) -> str:
    return hmac.new(key.encode(), case.encode(), sha256).hexdigest()[:16]
