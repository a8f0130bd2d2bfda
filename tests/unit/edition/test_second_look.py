"""Mistakes that a questionnaire can be read with: each is a warning, in YAML and in a workbook alike."""

from dataclasses import dataclass

import pytest

from barometer.edition import check_edition, starter, to_workbook
from barometer.edition._entries import Report
from barometer.edition._instrument import read
from barometer.edition._names import Names
from barometer.expressions import Type, Variable
from barometer.problems import Problem, Severity

NAME = "questionnaires/workplaces.yaml"
LANGUAGES = ("en", "da", "nb", "sv")
REGISTER = {
    "employees": Variable("employees", Type.NUMBER),
    "sector": Variable("sector", Type.CODE, ("municipality", "region", "state")),
}
YAML = starter()[NAME].decode()
PAGE = "when: service == 'yes' or process == 'yes'"
COMPANIES = (
    "{en: Private companies, da: Private virksomheder, nb: Private bedrifter, sv: Privata företag}",
    "{en: Citizens, da: Borgere, nb: Innbyggere, sv: Invånare}",
)
HINT = "hint: {en: Mark all that apply"
CHECK = "when: not answered(hours) or hours <= 2000 * employees"


@dataclass(frozen=True)
class Mistake:
    name: str
    old: str
    new: str
    code: str
    says: str


MISTAKES = [
    Mistake("and for or", PAGE, "when: service == 'yes' and service == 'no'", "Q021", "nobody is shown the page"),
    Mistake("or for and", PAGE, "when: service != 'yes' or service != 'no'", "Q021", "everybody is shown the page"),
    Mistake("nobody left out", PAGE, "when: service == 'no' or not service == 'no'", "Q021", "everybody is shown"),
    Mistake(
        "about a question not asked",
        "when: answered(hours)",
        "when: answered(hours) and service == 'no' and process == 'no'",
        "Q021",
        "nobody is shown 'hours_each'",
    ),
    Mistake("beyond a limit", "when: answered(hours)", "when: hours > 30000", "Q021", "nobody is shown 'hours_each'"),
    Mistake(
        "choice for nobody",
        "- {code: citizens, label",
        "- {code: citizens, when: novelty == 'first' and novelty == 'copy', label",
        "Q021",
        "nobody is shown 'citizens' of 'partners'",
    ),
    Mistake(
        "item for nobody",
        "- {code: economy, label",
        "- {code: economy, when: service == 'no' and process == 'no', label",
        "Q021",
        "nobody is shown 'economy' of 'factors'",
    ),
    Mistake("check nobody meets", CHECK, "when: hours < 0 and answered(hours)", "Q021", "no answers meet the check"),
    Mistake("check all meet", CHECK, "when: hours >= 0 or not answered(hours)", "Q021", "all answers meet the check"),
    Mistake("check about no answer", CHECK, "when: employees > 0", "Q021", "about no answer"),
    Mistake("choice copied", *COMPANIES, "Q022", "'citizens' and 'companies' of 'partners' with the same words in nb"),
    Mistake("label copied in one language", "sv: Inspirerad av andra", "sv: Kopierad från andra", "Q022", "in sv"),
    Mistake("item copied", "{en: Economy, da: Økonomi", "{en: Employees, da: Økonomi", "Q022", "'employees' and 'eco"),
    Mistake(
        "question copied",
        "{en: What is it called?, da: Hvad hedder den?",
        "{en: Anything to add?, da: Hvad hedder den?",
        "Q022",
        "'called' and 'comment' ask the same in en",
    ),
    Mistake(
        "hint copied",
        HINT,
        "hint: {en: With whom did the workplace work on the innovation?",
        "Q022",
        "the hint of 'partners' is the question once more in en",
    ),
    Mistake(
        "section without pages",
        "    section: workplace\n",
        "    section: innovation\n",
        "Q023",
        "the section 'workplace', which no page is in",
    ),
    Mistake(
        "list nobody uses",
        "  yes_no:\n",
        "  spare:\n    - {code: a, label: {en: A, da: A, nb: A, sv: A}}\n  yes_no:\n",
        "Q023",
        "the list 'spare', which no question uses",
    ),
    Mistake("note to oneself", "sv: Något att tillägga?", "sv: TODO översätta", "Q024", "'TODO' in sv"),
    Mistake("open question", "en: Thank you", "en: Thank you ???", "Q024", "'???' in en"),
    Mistake("filler", "nb: Noe å legge til?", "nb: Lorem ipsum dolor", "Q024", "'Lorem ipsum' in nb"),
    Mistake("markup", "en: Anything to add?", "en: <b>Anything</b> to add?", "Q024", "'<b>' in en"),
    Mistake("entity", "en: Anything to add?", 'en: "Anything&nbsp;to add?"', "Q024", "'&nbsp;' in en"),
    Mistake("note in a check", "da: Det er flere timer", "da: XXX Det er flere timer", "Q024", "'XXX' in da"),
    Mistake("limit nobody reaches", HINT, f"max: 9\n        {HINT}", "Q025", "max 9 of 3 choices in 'partners'"),
    Mistake("several, but one", HINT, f"max: 1\n        {HINT}", "Q025", "a multiple choice with max 1"),
    Mistake("ranking of one", "max: 2\n", "max: 1\n", "Q025", "a ranking of one in 'aims'"),
    Mistake("years of two digits", "min: 1800\n        max: 2023", "min: 18\n        max: 23", "Q025", "no years"),
    Mistake(
        "shares out of reach",
        "missing: [dont_know]\n      - id: aims",
        "max: 20\n        missing: [dont_know]\n      - id: aims",
        "Q025",
        "limits with which 3 items never make 100",
    ),
    Mistake("same for all", "expression: hours / employees", "expression: 3 + 4", "Q025", "the same for all"),
    Mistake("division by zero", "expression: hours / employees", "expression: hours / 0", "Q025", "division by zero"),
]


def found(name: str, content: bytes) -> tuple[list[Problem], object]:
    report = Report()
    instrument, _ = read(name, content, report, Names(REGISTER), LANGUAGES)
    return list(report), instrument


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_that_can_be_read_is_a_warning_with_its_line(mistake: Mistake) -> None:
    assert mistake.old in YAML
    problems, _ = found("q.yaml", YAML.replace(mistake.old, mistake.new, 1).encode())
    told = [one for one in problems if one.code == mistake.code and mistake.says in one.found]
    assert told, [str(one) for one in problems]
    assert all(one.severity is Severity.WARNING and one.place.line for one in told)


def test_mistakes_in_a_workbook_are_told_with_sheet_and_row() -> None:
    names = ("and for or", "check all meet", "choice copied", "section without pages", "markup", "ranking of one")
    mistakes = [one for one in MISTAKES if one.name in names]
    text = YAML
    for mistake in mistakes:
        text = text.replace(mistake.old, mistake.new, 1)
    _, instrument = found("q.yaml", text.encode())
    problems, _ = found("q.xlsx", to_workbook(instrument))  # type: ignore[arg-type]
    for mistake in mistakes:
        told = [one for one in problems if one.code == mistake.code and mistake.says in one.found]
        assert told, mistake.name
        assert all(one.place.sheet and one.place.row for one in told)


def test_respondents_without_a_choice_are_told() -> None:
    names = ("quality", "efficiency", "staff")
    text = YAML
    for name in names:
        text = text.replace(f"- {{code: {name}, label", f"- {{code: {name}, when: sector == 'state', label")
    problems, _ = found("q.yaml", text.encode())
    assert [one.found for one in problems] == ["respondents who see 1 choices or items of 'aims'"]


def test_choices_that_share_the_respondents_among_them_are_no_mistake() -> None:
    text = YAML
    for name, sector in (
        ("helped", "== 'state'"),
        ("hindered", "== 'state'"),
        ("neither", "!= 'state'"),
    ):  # and one for all
        text = text.replace(f"- {{code: {name}, label", f"- {{code: {name}, when: sector {sector}, label")
    problems, _ = found("q.yaml", text.encode())
    assert problems == []


def test_the_starter_and_its_workbook_are_without_warnings() -> None:
    problems, instrument = found("q.yaml", YAML.encode())
    assert problems == []
    assert found("q.xlsx", to_workbook(instrument))[0] == []  # type: ignore[arg-type]


def test_warnings_come_with_the_check_of_the_whole_edition() -> None:
    mistake = MISTAKES[0]
    folder = {**starter(), NAME: YAML.replace(mistake.old, mistake.new, 1).encode()}
    assert "Q021" in {one.code for one in check_edition(folder)}


def test_after_errors_there_is_no_second_look() -> None:
    text = YAML.replace("kind: longtext", "kind: note").replace("en: Thank you", "en: TODO")
    assert [one.code for one in found("q.yaml", text.encode())[0]] == ["Q007"]
