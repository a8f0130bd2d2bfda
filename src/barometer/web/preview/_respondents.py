"""Made-up respondents of a survey, and which of them show all of its pages."""

from collections.abc import Sequence

import numpy as np

from barometer.model import Page, Survey
from barometer.questionnaire import path
from barometer.simulation import random_answers

COUNT = 300
"""Enough that a page which one in a hundred gets is met almost surely."""

Respondent = dict[str, object]


def respondents(survey: Survey, rng: np.random.Generator) -> list[Respondent]:
    """Register values of units of the frame, and answers to the questionnaire that fit."""
    units = survey.frame.units
    names = [column.name for column in survey.frame.columns]
    chosen = units[rng.integers(0, units.height, COUNT).tolist()]
    answers = random_answers(survey.instrument, chosen, rng, unanswered=0.02)
    register = chosen.select(names).iter_rows(named=True)
    return [{**unit, **given} for unit, given in zip(register, answers, strict=True)]


def for_pages(survey: Survey, made_up: Sequence[Respondent]) -> dict[str, Respondent]:
    """Page -> the first of as few respondents as cover all pages, on whose path it is; none for pages nobody met."""
    paths = [{page.id for page in path(survey.instrument, values).pages} for values in made_up]
    found: dict[str, Respondent] = {}
    while True:
        best = max(range(len(made_up)), key=lambda number: len(paths[number] - found.keys()))
        new = paths[best] - found.keys()
        if not new:
            return {page.id: found[page.id] for page in survey.instrument.pages if page.id in found}
        found |= dict.fromkeys(new, made_up[best])


def without(page: Page, values: Respondent) -> Respondent:
    """The answers without those of the page."""
    own = {name for question in page.questions for name in (question.id, *question.names)}
    return {name: value for name, value in values.items() if name not in own}
