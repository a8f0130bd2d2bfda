"""From weighted answers to figures: estimates, margins of error, tests, evidence for disclosure control (GSBPM 5.7).

`estimate` does one survey, all indicators by all breakdowns; `join` puts the surveys of an edition together. What
comes out is confidential. The method is told in docs/methods/estimation.md.
"""

from barometer.estimation._estimate import estimate, join

__all__ = ["estimate", "join"]
