"""What protection cost, for the survey team alone: which cells, by which rule, in which tables, and what would help.

Doors: `review(edition, estimates, decided, released) -> Review`, and `review_files` for the page. Everything here is
confidential: it tells cells hidden for their own sake from those hidden for the others'.
"""

from barometer.review._compare import compared, differences
from barometer.review._merging import Suggestion
from barometer.review._outside import outside_files
from barometer.review._page import review_files
from barometer.review._review import PRECISION, SECONDARY, Review, review

__all__ = [
    "PRECISION",
    "SECONDARY",
    "Review",
    "Suggestion",
    "compared",
    "differences",
    "outside_files",
    "review",
    "review_files",
]
