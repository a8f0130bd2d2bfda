"""Words of exports in the language asked for."""

from collections.abc import Mapping

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from barometer.model import Text
from barometer.questionnaire import AnswerState

STATES: Mapping[AnswerState, object] = {
    AnswerState.DONT_KNOW: _("Don't know"),
    AnswerState.NOT_RELEVANT: _("Not relevant"),
    AnswerState.REFUSED: _("Did not want to answer"),
    AnswerState.NO_ANSWER: _("No answer"),
    AnswerState.NOT_REACHED: _("Not reached"),
    AnswerState.OFF_PATH: _("Not asked"),
    AnswerState.DELETED: _("Deleted by an editor"),
    AnswerState.NOT_IN_VERSION: _("Not in this version of the questionnaire"),
    AnswerState.HELD_BACK: _("Held back until names are hidden"),
    AnswerState.NOT_CODED: _("Not coded yet"),
}
OTHERS: Mapping[str, object] = {
    "case_id": _("Case (pseudonym)"),
    "stratum": _("Stratum of the sample"),
    "design_weight": _("Design weight"),
    "weight": _("Final weight"),
    "version": _("Version of the questionnaire"),
    "language": _("Language of the answers"),
    "mode": _("Way of answering"),
    "complete": _("Handed in by the respondent"),
    "handed_in": _("Day handed in"),
    "marked": _("Marked"),
    "not marked": _("Not marked"),
    "codebook": _("Codebook"),
    "variable": _("Variable"),
    "label": _("Label"),
    "question": _("Question"),
    "asked of": _("Asked of"),
    "versions": _("Versions"),
    "value": _("Value"),
    "code": _("Code"),
    "cases": _("Cases"),
    "everybody": _("everybody"),
    "yes": _("Yes"),
    "no": _("No"),
}


def say(words: object, language: str) -> str:
    """One of the texts above in a language; English where the language has no catalogue."""
    with translation.override(language):
        return str(words)


def in_language(text: Text, language: str) -> str:
    """A text of the questionnaire without marks of emphasis and line breaks."""
    words = text.get(language) or next(iter(text.values()), "")
    return " ".join(words.replace("**", "").split())
