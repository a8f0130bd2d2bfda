"""Publication: a release and an edition's words, as a site and files that anyone can read and keep.

Doors: `publish(release, edition) -> files`, `check_claims(release, edition) -> problems` and
`compare(release, figures, contradicted) -> comparisons` with what was published before.
`read_self_test`, `compared` and `own_answers_pdf` put a visitor's answers beside the released figures.
`Draft` is the site while its texts are written, `check_wording(edition)` what should be said otherwise.
Everything is made from the protected release; nothing here has seen an answer.
"""

from barometer.publication._built import BuiltFigure, built_figures
from barometer.publication._claims import check_claims
from barometer.publication._comparison import Comparison, compare
from barometer.publication._corrections import Corrected, read_log
from barometer.publication._draft import PROBLEMS, STATE, Draft, as_draft, draft_files, problems_page
from barometer.publication._headline import headline_edition
from barometer.publication._own_answers import (
    Beside,
    OwnRow,
    OwnTheme,
    Stand,
    compared,
    own_answers_pdf,
    reading,
    stands,
)
from barometer.publication._self_test import PATH as SELF_TEST
from barometer.publication._self_test import PublishedTest, read_self_test
from barometer.publication._site import publish
from barometer.publication._unclaimed import check_wording

__all__ = [
    "PROBLEMS",
    "SELF_TEST",
    "STATE",
    "Beside",
    "BuiltFigure",
    "Comparison",
    "Corrected",
    "Draft",
    "OwnRow",
    "OwnTheme",
    "PublishedTest",
    "Stand",
    "as_draft",
    "built_figures",
    "check_claims",
    "check_wording",
    "compare",
    "compared",
    "draft_files",
    "headline_edition",
    "own_answers_pdf",
    "problems_page",
    "publish",
    "read_log",
    "read_self_test",
    "reading",
    "stands",
]
