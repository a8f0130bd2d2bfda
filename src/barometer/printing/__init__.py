"""The questionnaire on paper: its PDF, its routing in words, and the drawing of its path map.

Doors: `questionnaire_pdf`, `questionnaire_content`, what it is set from, `draw_path_map`, `wording`, which says
conditions in words, and `blocks`, Markdown as Typst takes it.
"""

from barometer.printing._drawing import draw_path_map, shown_if
from barometer.printing._marks import blocks
from barometer.printing._pdf import questionnaire_content, questionnaire_pdf
from barometer.printing._words import Wording, wording

__all__ = [
    "Wording",
    "blocks",
    "draw_path_map",
    "questionnaire_content",
    "questionnaire_pdf",
    "shown_if",
    "wording",
]
