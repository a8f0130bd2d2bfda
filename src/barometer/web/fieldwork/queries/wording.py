"""Problems and answers in a respondent's words. The active language is the respondent's."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from django.utils.translation import gettext, ngettext

from barometer.model import MISSING_CODES, Instrument, Missing, Question, QuestionKind
from barometer.problems import Problem
from barometer.web.fieldwork.forms import written


def told(problem: Problem, question: Question | None, instrument: Instrument, language: str) -> str:
    """What is wrong and what to do, in one or two sentences. `question`: the one the problem is of, if it is of one."""
    if problem.code == "Q110":
        check = next(check for check in instrument.checks if check.id == problem.values["check"])
        return check.text.get(language, "")
    say = _TOLD.get(problem.code)
    if say is None or question is None:
        return gettext("This answer cannot be used. Please answer again.")
    return say(problem.values, question, problem.place.field, language)


def readable(question: Question, values: Mapping[str, object], language: str) -> list[str]:
    """The answer in words, a line each; nothing where there is no answer."""
    missing = values.get(question.id)
    if isinstance(missing, str) and missing in MISSING_CODES and question.missing:
        return [missing_label(MISSING_CODES[missing])]
    if question.kind is QuestionKind.GRID or question.kind is QuestionKind.SHARES:
        named = (
            (item.label.get(language, item.code), values.get(f"{question.id}.{item.code}")) for item in question.items
        )
        return [f"{label}: {_one(question, value, language)}" for label, value in named if value is not None]
    value = values.get(question.id)
    if value is None:
        return []
    if question.kind is QuestionKind.CONSENT:
        return [gettext("Yes")]
    if isinstance(value, Collection) and not isinstance(value, str):
        lines = [_choice(question, str(code), values, language) for code in value]
        ranked = question.kind is QuestionKind.RANKING
        return [f"{place}. {line}" for place, line in enumerate(lines, 1)] if ranked else lines
    if question.choices:
        return [_choice(question, str(value), values, language)]
    return [_one(question, value, language)]


def missing_label(missing: Missing) -> str:
    if missing is Missing.DONT_KNOW:
        return gettext("Don't know")
    if missing is Missing.NOT_RELEVANT:
        return gettext("Not relevant")
    return gettext("I do not wish to answer")


def day(when: str | date | None, language: str, time_zone: str = "UTC") -> str:
    """A day written out, of a date, a moment in the time zone, or an ISO text; '' for none."""
    if when is None:
        return ""
    one = date.fromisoformat(when) if isinstance(when, str) else when
    one = one.astimezone(ZoneInfo(time_zone)).date() if isinstance(one, datetime) else one
    return format_date(one, format="long", locale=_locale(language))


def moment(when: datetime, language: str, time_zone: str) -> str:
    """A moment written out, to the minute."""
    return format_datetime(when, format="long", locale=_locale(language), tzinfo=ZoneInfo(time_zone))


def _locale(language: str) -> str:
    return "en_GB" if language == "en" else language


def _one(question: Question, value: object, language: str) -> str:
    if question.choices:
        return label_of(question, str(value), language)
    if isinstance(value, int | float):
        return f"{written(value, language)} {question.unit.get(language, '')}".strip()
    return day(str(value), language) if question.kind is QuestionKind.DATE else str(value)


def _choice(question: Question, code: str, values: Mapping[str, object], language: str) -> str:
    own_words = values.get(f"{question.id}.{code}.text")
    label = label_of(question, code, language)
    return f"{label}: {own_words}" if own_words else label


def label_of(question: Question, code: str, language: str) -> str:
    """The label of a choice, or of a missing answer."""
    for choice in question.choices:
        if choice.code == code:
            return choice.label.get(language, code)
    return next((missing_label(missing) for missing in Missing if missing.value == code), code)


Values = Mapping[str, Any]


def _unanswered(values: Values, question: Question, field: str, language: str) -> str:
    if question.kind is QuestionKind.GRID:
        item = next((item for item in question.items if f"{question.id}.{item.code}" == field), None)
        return gettext("Choose an answer for “%(item)s”.") % {"item": item.label.get(language, "") if item else field}
    if question.kind is QuestionKind.CONSENT:
        return gettext("Tick the box to go on.")
    if question.kind in (QuestionKind.NUMBER, QuestionKind.YEAR):
        return gettext("Write a number.")
    if question.kind is QuestionKind.DATE:
        return gettext("Write a date.")
    if question.kind in (QuestionKind.TEXT, QuestionKind.LONGTEXT):
        return gettext("Write an answer.")
    if question.kind is QuestionKind.SHARES:
        return gettext("Write how it is divided.")
    if question.kind is QuestionKind.RANKING:
        return gettext("Choose what comes first.")
    return gettext("Mark at least one answer.") if question.kind is QuestionKind.MULTI else gettext("Choose an answer.")


def _count(values: Values, question: Question, field: str, language: str) -> str:
    if "minimum" in values:
        fewest = int(values["minimum"])
        return ngettext("Mark at least %(count)s answer.", "Mark at least %(count)s answers.", fewest) % {
            "count": fewest
        }
    most = int(values["maximum"])
    return ngettext("Mark at most %(count)s answer.", "Mark at most %(count)s answers.", most) % {"count": most}


def _alone(values: Values, question: Question, field: str, language: str) -> str:
    return gettext("“%(label)s” cannot stand together with another answer. Remove one of them.") % {
        "label": label_of(question, str(values["code"]), language)
    }


def _limits(values: Values, question: Question, field: str, language: str) -> str:
    if "minimum" in values:
        return gettext("Write %(number)s or more.") % {"number": written(values["minimum"], language)}
    return gettext("Write %(number)s or less.") % {"number": written(values["maximum"], language)}


def _decimals(values: Values, question: Question, field: str, language: str) -> str:
    places = int(values["decimals"])
    if not places:
        return gettext("Write a whole number, without decimals.")
    return ngettext("Write at most %(count)s decimal.", "Write at most %(count)s decimals.", places) % {"count": places}


def _length(values: Values, question: Question, field: str, language: str) -> str:
    if "maximum" not in values:
        return gettext("Write it on one line.")
    return gettext("The text has %(count)s characters. There is room for %(maximum)s.") % {
        "count": values["count"],
        "maximum": int(values["maximum"]),
    }


def _twice(values: Values, question: Question, field: str, language: str) -> str:
    label = label_of(question, str(values["code"]), language)
    return gettext("“%(label)s” stands in two places. Choose it once only.") % {"label": label}


def _gap(values: Values, question: Question, field: str, language: str) -> str:
    return gettext("Place %(place)s is empty. Fill the places from the first on.") % {"place": values["rank"]}


def _ambiguous(values: Values, question: Question, field: str, language: str) -> str:
    if question.kind is QuestionKind.DATE:
        return gettext("“%(text)s” can mean two different days. Write the date as in 31.3.2026.") % {
            "text": values["value"]
        }
    return gettext("“%(text)s” can mean %(one)s or %(other)s. Write it without a mark between thousands.") % {
        "text": values["value"],
        "one": written(values["one"], language),
        "other": written(values["other"], language),
    }


def _sum(values: Values, question: Question, field: str, language: str) -> str:
    return gettext("The numbers add up to %(sum)s. They should add up to %(total)s.") % {
        "sum": written(values["sum"], language),
        "total": written(values["total"], language),
    }


def _dates(values: Values, question: Question, field: str, language: str) -> str:
    if "minimum" in values:
        return gettext("The date cannot be before %(day)s.") % {"day": day(values["minimum"], language)}
    return gettext("The date cannot be after %(day)s.") % {"day": day(values["maximum"], language)}


def _no_number(values: Values, question: Question, field: str, language: str) -> str:
    return gettext("“%(text)s” is not a number. Write digits only.") % {"text": values["value"]}


def _no_year(values: Values, question: Question, field: str, language: str) -> str:
    return gettext("Write the year with four digits.")


def _no_date(values: Values, question: Question, field: str, language: str) -> str:
    return gettext("“%(text)s” is not a date. Write it as in 31.3.2026.") % {"text": values["value"]}


def _loose_text(values: Values, question: Question, field: str, language: str) -> str:
    label = label_of(question, str(values["code"]), language)
    return gettext("You have written something beside “%(label)s”. Choose it too, or remove the text.") % {
        "label": label
    }


def _no_choice(values: Values, question: Question, field: str, language: str) -> str:
    return gettext("Choose one of the answers shown.")


_TOLD: Mapping[str, Callable[[Values, Question, str, str], str]] = {
    "Q101": _no_choice,
    "Q103": _count,
    "Q104": _alone,
    "Q105": _limits,
    "Q106": _decimals,
    "Q107": _length,
    "Q109": _unanswered,
    "Q111": _twice,
    "Q112": _gap,
    "Q113": _ambiguous,
    "Q114": _sum,
    "Q115": _dates,
    "Q116": _no_number,
    "Q117": _no_year,
    "Q118": _no_date,
    "Q119": _loose_text,
}
