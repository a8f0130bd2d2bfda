"""Instruments meeting answers: which questions a respondent is shown, and whether answers fit.

Doors: `path` and `check_case` for one respondent, `check_answers` and `answers_on_path` for a table of them,
`import_answers` for a file of answers collected elsewhere.

Values of one respondent are a mapping: a single choice, number or text under its question's id, a multiple
choice as a collection of codes, a grid item as 'grid.item', and register columns under their own names. A name
that is absent, or None, is no answer. Columns of a table of answers are told by `answer_columns`.
"""

from barometer.questionnaire._case import check_answer, check_case
from barometer.questionnaire._import import import_answers
from barometer.questionnaire._path import Path, on_path, path
from barometer.questionnaire._table import check_answers
from barometer.questionnaire._walk import answer_columns, answers_on_path

__all__ = [
    "Path",
    "answer_columns",
    "answers_on_path",
    "check_answer",
    "check_answers",
    "check_case",
    "import_answers",
    "on_path",
    "path",
]
