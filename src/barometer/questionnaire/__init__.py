"""Instruments meeting answers: which questions a respondent is shown, and whether answers fit.

Doors: `path`, `parse_posted`, `check_page` and `check_case` for one respondent, `check_answers`, `answers_on_path`
and `count_answers` for a table of them, `import_answers` for a file of answers collected elsewhere; for the author
`path_map`, `minutes` and `diff_instruments`.

Values of one respondent are a mapping, plain enough for JSON:

- a single choice, number, year or text under its question's id; a date as '2026-03-31'; a ticked consent as 'yes';
- a multiple choice as a collection of codes, a ranking as one in order, the most important first;
- an item of a grid as 'grid.item', a code; of shares as 'shares.item', a number;
- the text beside a choice as 'question.code.text';
- a missing answer that the question offers beside its answer as its code, '-dont_know', under the question's id;
- a computed number under its question's id; it is computed anew and never taken from what is given;
- register columns under their own names.

A name that is absent, or None, is no answer. Columns of a table of answers are told by `answer_columns`; what lies
between is `answers_table` and `values_of`.
"""

from barometer.questionnaire._answer import check_answer
from barometer.questionnaire._case import check_case, check_page, check_pages
from barometer.questionnaire._columns import answer_columns, missing_column, value_columns
from barometer.questionnaire._count import CountedAnswers, count_answers
from barometer.questionnaire._difference import Change, ChangeClass, diff_instruments
from barometer.questionnaire._import import import_answers
from barometer.questionnaire._minutes import minutes, minutes_told
from barometer.questionnaire._parse import Parsed, parse_posted
from barometer.questionnaire._path import Path, on_path, path
from barometer.questionnaire._path_map import PathEdge, PathMap, PathStep, path_map
from barometer.questionnaire._rows import answers_table, changed_cases, values_of
from barometer.questionnaire._states import STATE, AnswerState
from barometer.questionnaire._table import check_answers
from barometer.questionnaire._variables import MISSING_STATES, Variable, VariableCategory, VariableMeasure, variables_of
from barometer.questionnaire._walk import answers_on_path, is_chosen

__all__ = [
    "MISSING_STATES",
    "STATE",
    "AnswerState",
    "Change",
    "ChangeClass",
    "CountedAnswers",
    "Parsed",
    "Path",
    "PathEdge",
    "PathMap",
    "PathStep",
    "Variable",
    "VariableCategory",
    "VariableMeasure",
    "answer_columns",
    "answers_on_path",
    "answers_table",
    "changed_cases",
    "check_answer",
    "check_answers",
    "check_case",
    "check_page",
    "check_pages",
    "count_answers",
    "diff_instruments",
    "import_answers",
    "is_chosen",
    "minutes",
    "minutes_told",
    "missing_column",
    "on_path",
    "parse_posted",
    "path",
    "path_map",
    "value_columns",
    "values_of",
    "variables_of",
]
