"""Where the answers of a survey come from: made up, a file from elsewhere, or frozen from our own fieldwork."""

import numpy as np
import polars as pl

from barometer.files import Build
from barometer.model import Folder, Survey
from barometer.problems import BadInput, Place, Problem
from barometer.questionnaire import check_answers, import_answers
from barometer.simulation import simulate_answers
from barometer.tables import Sample, from_parquet

Found = tuple[pl.DataFrame, tuple[Problem, ...]]


def imported(folder: Folder, survey: Survey, drawn: Sample) -> Found:
    """Answers of a file, and what is wrong with them."""
    source = survey.answers
    places = Place(file=source.file), Place(file=source.map_file)
    table, found = import_answers(folder[source.file], folder[source.map_file], survey, *places)
    return table, (*found, *check_answers(survey.measured, drawn.units, table))


def collected(build: Build, survey: Survey, drawn: Sample) -> Found:
    """What `freeze` left; of partials and cases of earlier versions, checked before, only ids are looked at."""
    stored, name = build.read("collect", "collect"), f"{survey.id}.answers.parquet"
    if name not in stored:
        raise BadInput(
            (Problem("B005", Place(file=name), "nothing there yet", name, "Run 'barometer collect' again."),)
        )
    table, cases = from_parquet(stored[name]), from_parquet(stored[f"{survey.id}.cases.parquet"])
    whole = cases.filter(pl.col("complete") & (pl.col("questionnaire") == survey.instrument.digest))["case_id"]
    here = table["case_id"].is_in(whole.to_list())
    found = check_answers(survey.measured, drawn.units, table.filter(here))
    others = check_answers(survey.measured, drawn.units, table.filter(~here))
    return table, (*found, *(problem for problem in others if problem.code in ("A004", "A005", "A006")))


def simulated(folder: Folder, survey: Survey, drawn: Sample, rng: np.random.Generator) -> Found:
    """Answers made up from what the edition folder tells."""
    told = folder.get("simulation.toml", b""), folder.get("figures.csv", b"")
    table = simulate_answers(survey, drawn, *told, rng)
    return table, tuple(check_answers(survey.measured, drawn.units, table))
