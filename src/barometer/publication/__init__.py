"""Publication: a release and an edition's words, as a site and files that anyone can read and keep.

Doors: `publish(release, edition) -> files`, `check_claims(release, edition) -> problems` and
`compare(release, figures, contradicted) -> comparisons` with what was published before.
`read_self_test`, `compared` and `own_answers_pdf` put a visitor's answers beside the released figures.
`filled` puts into a page what a statistics bank offers beside it.
`Site` makes each of its files when somebody looks at it, or takes it from an earlier site where nothing it was made
from has changed; `check_wording(edition)` tells what should be said otherwise.
Everything is made from the protected release; nothing here has seen an answer.
"""

from barometer.publication._built import BuiltFigure, built_figures
from barometer.publication._carried import check_self_test, pack, unpack
from barometer.publication._claims import check_claims
from barometer.publication._comparison import Comparison, compare
from barometer.publication._corrections import Corrected, read_log
from barometer.publication._draft import PROBLEMS, STATE, as_draft, draft_files, problems_page
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
from barometer.publication._page import page_of
from barometer.publication._self_test import PATH as SELF_TEST
from barometer.publication._self_test import PublishedTest, read_self_test
from barometer.publication._served import filled, helpful_form, ways_to_bank, ways_to_tables
from barometer.publication._unclaimed import check_wording
from barometer.publication._weight import heavy_pages
from barometer.publication._whole import Kept, Site, publish

__all__ = [
    "PROBLEMS",
    "SELF_TEST",
    "STATE",
    "Beside",
    "BuiltFigure",
    "Comparison",
    "Corrected",
    "Kept",
    "OwnRow",
    "OwnTheme",
    "PublishedTest",
    "Site",
    "Stand",
    "as_draft",
    "built_figures",
    "check_claims",
    "check_self_test",
    "check_wording",
    "compare",
    "compared",
    "draft_files",
    "filled",
    "headline_edition",
    "heavy_pages",
    "helpful_form",
    "own_answers_pdf",
    "pack",
    "page_of",
    "problems_page",
    "publish",
    "read_log",
    "read_self_test",
    "reading",
    "stands",
    "unpack",
    "ways_to_bank",
    "ways_to_tables",
]
