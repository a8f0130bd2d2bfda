"""Corrections laid over answers that were handed in, which themselves stay as they were given."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from barometer.model import Question, QuestionKind
from barometer.problems import BadInput, Place, Problem, Severity, suggestion
from barometer.questionnaire import check_case, on_path, parse_posted
from barometer.web.audit.actions import record
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.models import Collection, Edit, Response
from barometer.web.fieldwork.queries.edits import edited_values


@transaction.atomic
def add_edit(response: Response, *, name: str, written: Sequence[str], reason: str, by: str, rule: str = "") -> Edit:
    """Lay a correction over one answer; nothing written deletes it. `written` is as a respondent would type it.

    Raises BadInput C065 for a name that is no answer of the questionnaire, the questionnaire's own Q-codes for what
    is no answer to its question or breaks a hard check with the others; `NotAllowed` without a reason.
    """
    if not reason.strip():
        raise NotAllowed(gettext("a correction has a reason"))
    locked = Response.objects.select_for_update().get(key=response.key)
    instrument = instrument_of(locked.version_id)
    names = {one: question for question in instrument.questions for one in question.names}
    if name not in names:
        known = suggestion(name, names)
        raise BadInput((Problem("C065", Place(field=name), f"'{name}'", "the name of an answer", known),))
    value = _value(names[name], name, written)
    before = edited_values(locked)
    after = {**before, name: value}
    facts = {**locked.register, **{one: given for one, given in after.items() if given is not None}}
    already = check_case(instrument, {**locked.register, **before})
    problems = check_case(instrument, facts)
    here = [one for one in problems if one.severity is Severity.ERROR and one not in already]
    if here:
        raise BadInput(tuple(here))
    if value is not None and name not in on_path(instrument, facts):
        raise NotAllowed(gettext("this was not asked of the respondent, given the other answers"))
    edit = Edit.objects.create(response=locked, name=name, value=value, rule=rule, reason=reason.strip(), by=by)
    _log("answer corrected", edit, by)
    return edit


@transaction.atomic
def withdraw_edit(edit: Edit, *, by: str) -> None:
    """The answer is again what it was before this correction. The row stays."""
    locked = Edit.objects.select_for_update().get(pk=edit.pk)
    if locked.withdrawn_at is None:
        locked.withdrawn_at = timezone.now()
        locked.save(update_fields=["withdrawn_at"])
        _log("correction withdrawn", locked, by)


def _value(question: Question, name: str, written: Sequence[str]) -> object:
    """What the form of the question's page would have made of it; codes of several choices stand one beside another."""
    given = [one.strip() for one in written if one.strip()]
    if not given:
        return None
    if name in question.other_texts:
        return given[0]
    posted: dict[str, Sequence[str]] = {name: given}
    if given[0] in question.missing_codes:
        posted = {f"{question.id}.missing": [given[0].removeprefix("-")]}
    elif name == question.id and question.kind is QuestionKind.MULTI:
        posted = {name: " ".join(given).replace(",", " ").split()}
    elif name == question.id and question.kind is QuestionKind.RANKING:
        codes = " ".join(given).replace(",", " ").split()
        posted = {f"{name}.{rank}": [code] for rank, code in enumerate(codes, 1)}
    parsed = parse_posted(question, posted)
    if parsed.problems:
        raise BadInput(parsed.problems)
    return parsed.values.get(name)


def _log(act: str, edit: Edit, by: str) -> None:
    """Name and reason, not the values: the log is read by others than analysts."""
    edition = Collection.objects.get(pk=edit.response.collection).edition
    record(act, by=by, edition=edition, subject=f"edit {edit.pk}", name=edit.name, rule=edit.rule)
