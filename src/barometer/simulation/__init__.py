"""Synthetic registers and respondents, for demonstrations, tests and studies of coverage.

`make_register` makes a register of units; `simulate_answers` lets a sample answer a questionnaire such that weighted
estimates print given figures. Both follow a simulation.toml, described in docs/reference/simulation.md.
"""

from barometer.simulation._register import make_register
from barometer.simulation._simulate import simulate_answers

__all__ = ["make_register", "simulate_answers"]
