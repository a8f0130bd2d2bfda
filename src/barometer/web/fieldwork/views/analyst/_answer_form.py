"""The fields one answer is corrected in, by the kind of its question."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from barometer.model import CONSENTED, Question, QuestionKind, missing_code
from barometer.web.accounts.forms import StaffForm
from barometer.web.fieldwork.forms import written as as_written
from barometer.web.fieldwork.queries.wording import missing_label

ONE_OF = (QuestionKind.SINGLE, QuestionKind.GRID, QuestionKind.CONSENT)


class AnswerForm(StaffForm):
    """`written()` is the answer as `add_edit` takes it; nothing chosen and nothing written deletes the answer."""

    def __init__(self, question: Question, name: str, value: object, language: str, data: Any = None) -> None:
        super().__init__(data)
        self.name = name
        self.places = 0
        missing = [(missing_code(one), str(missing_label(one))) for one in question.missing]
        choices = [(choice.code, choice.label.get(language, choice.code)) for choice in question.choices]
        if question.kind is QuestionKind.CONSENT:
            choices = [(CONSENTED, gettext("Yes"))]
        self._add_value(question, choices, missing, value, language)
        self.fields["reason"] = forms.CharField(
            label=_("Reason"),
            max_length=500,
            widget=forms.Textarea({"rows": 2}),
            help_text=_(
                "What makes you sure, for those who look at it later: 'rang the respondent', 'typed in thousands'."
            ),
        )
        for field in self.fields.values():
            field.widget.attrs["class"] = "ds-input"

    def written(self) -> Sequence[str]:
        """The answer as a respondent would type it; empty for no answer."""
        given = self.cleaned_data
        if given.get("missing"):
            return [given["missing"]]
        if self.places:
            return [given[f"place{place}"] for place in range(1, self.places + 1) if given[f"place{place}"]]
        value = given["value"]
        return value if isinstance(value, list) else [value] if value else []

    def _add_value(
        self,
        question: Question,
        choices: list[tuple[str, str]],
        missing: list[tuple[str, str]],
        value: object,
        language: str,
    ) -> None:
        is_text = self.name in question.other_texts
        label = _item(question, self.name, language) or gettext("Answer")
        nothing = ("", gettext("no answer"))
        if not is_text and question.kind in ONE_OF:
            self.fields["value"] = forms.ChoiceField(
                label=label,
                required=False,
                choices=[*choices, *missing, nothing],
                initial=value or "",
                widget=forms.RadioSelect,
            )
            return
        if not is_text and question.kind is QuestionKind.MULTI:
            self.fields["value"] = forms.MultipleChoiceField(
                label=label,
                required=False,
                choices=choices,
                initial=value if isinstance(value, list | tuple) else [],
                widget=forms.CheckboxSelectMultiple,
            )
        elif not is_text and question.kind is QuestionKind.RANKING:
            self._add_places(question, [("", "–"), *choices], value)
        else:
            self.fields["value"] = _line(question, label, value, language)
        if missing and not is_text:
            chosen = value if isinstance(value, str) and value in dict(missing) else ""
            self.fields["missing"] = forms.ChoiceField(
                label=_("Or instead"),
                required=False,
                choices=[("", "–"), *missing],
                initial=chosen,
                widget=forms.Select,
            )

    def _add_places(self, question: Question, choices: list[tuple[str, str]], value: object) -> None:
        self.places = int(question.maximum or len(question.choices))
        ranked = value if isinstance(value, list | tuple) else ()
        for place in range(1, self.places + 1):
            self.fields[f"place{place}"] = forms.ChoiceField(
                label=gettext("Place %(number)s") % {"number": place},
                required=False,
                choices=choices,
                initial=ranked[place - 1] if place <= len(ranked) else "",
            )


def _line(question: Question, label: str, value: object, language: str) -> forms.Field:
    """A line to write in; a number as the language writes it, with its unit told."""
    if isinstance(value, int | float):
        shown = as_written(value, language)
    else:
        shown = value if isinstance(value, str) and value not in question.missing_codes else ""
    unit = question.unit.get(language, "")
    long = question.kind is QuestionKind.LONGTEXT
    return forms.CharField(
        label=label,
        required=False,
        initial=shown,
        help_text=unit,
        widget=forms.Textarea({"rows": 4}) if long else forms.TextInput({"autocomplete": "off"}),
    )


def _item(question: Question, name: str, language: str) -> str:
    """The item of a grid or of shares, or the choice a text stands beside."""
    if name in question.other_texts:
        code = question.other_texts[name]
        return next((one.label.get(language, code) for one in question.choices if one.code == code), code)
    return next(
        (item.label.get(language, item.code) for item in question.items if name == f"{question.id}.{item.code}"), ""
    )
