"""A whole table of stored answers: what counts of it, why a cell has no value, and what is wrong."""

from dataclasses import dataclass

import polars as pl

from barometer.model import Instrument
from barometer.problems import Place, Problem
from barometer.questionnaire._columns import answer_columns
from barometer.questionnaire._rules import rules
from barometer.questionnaire._states import answer_states
from barometer.questionnaire._table import broken_rules, told_of
from barometer.questionnaire._walk import walked

NEEDS_ALL = frozenset({"A009", "A015"})
"""Required answers and checks between answers: whoever did not hand in cannot be expected to meet them."""


@dataclass(frozen=True)
class CountedAnswers:
    """`answers`: case_id and `answer_columns`, as `answers_on_path` leaves them. `states`: case_id and a column of
    `STATE` for each column that holds an answer or a text beside one. `problems`: as of `check_answers`."""

    answers: pl.DataFrame
    states: pl.DataFrame
    problems: tuple[Problem, ...]


def count_answers(
    instrument: Instrument, register: pl.DataFrame, answers: pl.DataFrame, incomplete: pl.Series
) -> CountedAnswers:
    """Leave out what is off the path, say of each cell why it has a value or none, and check what counts.

    `register` and `answers`: as for `answers_on_path`, columns as `answers_table` makes them. `incomplete`: True a
    case, in the order of the answers, whose questionnaire was not handed in; what is open after its last answer was
    not reached.
    """
    table = walked(instrument, register, answers)
    checked = rules(instrument, of_path=False)
    broken = broken_rules(checked, table)
    problems = told_of(checked, broken.filter(~incomplete), Place())
    if incomplete.any():
        problems += [one for one in told_of(checked, broken.filter(incomplete), Place()) if one.code not in NEEDS_ALL]
    counted = table.select("case_id", *answer_columns(instrument))
    return CountedAnswers(counted, answer_states(instrument, table, incomplete), tuple(problems))
