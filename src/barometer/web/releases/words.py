"""States, steps and rules in words."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
STATES: Mapping[str, Any] = {
    "voting": _("being voted on"),
    "approved": _("approved"),
    "refused": _("refused"),
    "withdrawn": _("withdrawn"),
}
COLOURS: Mapping[str, str] = {"voting": "warning", "approved": "success", "refused": "danger", "withdrawn": "neutral"}
STEPS: Mapping[str, Any] = {"headline": _("Headline figures"), "whole": _("Everything")}
RULES: Mapping[str, Any] = {
    "few_units": _("too few units"),
    "small_population": _("small population"),
    "extreme": _("everyone answered alike"),
    "dominance": _("one unit outweighs the others"),
    "membership": _("tells who belongs to a group"),
    "nobody": _("nobody in a group"),
    "telltale_total": _("total that gives a part away"),
}
"""Rules of disclosure control, by which figures are hidden for their own sake."""


def in_language(text: Mapping[str, str]) -> str:
    """A text of the edition in the reader's language, else in its first."""
    code = (get_language() or "").partition("-")[0]
    return text.get(code) or next(iter(text.values()), "")
