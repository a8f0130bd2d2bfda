"""Synthetic registers and respondents, for demonstrations, tests and studies of coverage.

`make_register` makes a register of units; `simulate_answers` lets a sample answer a questionnaire such that weighted
estimates print given figures. Both follow a simulation.toml, described in docs/reference/simulation.md.
`random_answers` needs none: it answers any questionnaire, one respondent at a time.
"""

from barometer.simulation._random import random_answers
from barometer.simulation._register import make_register
from barometer.simulation._simulate import simulate_answers

__all__ = ["make_register", "random_answers", "simulate_answers"]
