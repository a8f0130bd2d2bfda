"""Respondents who answer any instrument by its model alone."""

import numpy as np
import polars as pl

from barometer.model import Instrument
from barometer.questionnaire import answer_columns, values_of
from barometer.simulation._answering import fill_in
from barometer.simulation._specification import SurveyPlan

PHRASES = ("It took longer than planned.", "Ålesund, Århus & Örebro – “æøå” <b>3 < 4</b>", "Vi gjorde det sammen.")
"""What they write where they are asked for words; letters and marks a page must show as they are."""


def random_answers(
    instrument: Instrument, register: pl.DataFrame, rng: np.random.Generator, unanswered: float = 0.05
) -> tuple[dict[str, object], ...]:
    """The values of one respondent for each row of the register, off the path nothing: see `barometer.questionnaire`.

    `register`: the columns that routing uses; they are not repeated in the values. `unanswered`: share of the
    questions passed over where that is allowed. Answers fit each question; the instrument's own checks, which compare
    answers, may still fail. Raises BadInput E062 where a text must be answered and is shorter than any phrase.
    """
    phrases = dict.fromkeys(instrument.languages, (*PHRASES, "x"))
    plan = SurveyPlan(phrases=phrases, unanswered=unanswered)
    inclination = rng.standard_normal(register.height)
    columns = answer_columns(instrument)
    filled = fill_in(instrument, columns, register, inclination, plan, (), instrument.id, rng)
    return tuple(values_of(instrument, row) for row in filled.select(list(columns)).iter_rows(named=True))
