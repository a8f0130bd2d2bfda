"""An edition folder, read and checked whole.

The door is `read_edition(folder)`; `check_edition(folder)` gives all problems, warnings too, without raising.
Nothing here reads the disk: a folder is a mapping from path to content. The formats are described in
docs/reference/edition-folder.md and docs/reference/workbook.md.
"""

from barometer.edition._canonical import canonical_json, to_yaml
from barometer.edition._cells import Sheet, read_sheets
from barometer.edition._coding import check_coding, coding_csv, coding_yaml, read_coding
from barometer.edition._contradictions import contradictions
from barometer.edition._edition import check_edition, read_edition, try_edition
from barometer.edition._entries import Entry, Report
from barometer.edition._figures import Figure, read_figures
from barometer.edition._frame import register_scope
from barometer.edition._instrument import read_instrument
from barometer.edition._letters import PLACEHOLDERS, fill_letter, letter_body, letter_problems, letter_subject
from barometer.edition._live import FUNCTIONS as LIVE_FUNCTIONS
from barometer.edition._live import LETTERS, Live, live
from barometer.edition._names import answer_scope
from barometer.edition._starter import starter
from barometer.edition._workbook_writer import to_workbook

__all__ = [
    "LETTERS",
    "LIVE_FUNCTIONS",
    "PLACEHOLDERS",
    "Entry",
    "Figure",
    "Live",
    "Report",
    "Sheet",
    "answer_scope",
    "canonical_json",
    "check_coding",
    "check_edition",
    "coding_csv",
    "coding_yaml",
    "contradictions",
    "fill_letter",
    "letter_body",
    "letter_problems",
    "letter_subject",
    "live",
    "read_coding",
    "read_edition",
    "read_figures",
    "read_instrument",
    "read_sheets",
    "register_scope",
    "starter",
    "to_workbook",
    "to_yaml",
    "try_edition",
]
