"""[self_test] of outputs.toml."""

import pytest

from barometer.edition import check_edition, read_edition, starter
from barometer.problems import Severity

NAMED = b'questions = ["service", "process", "novelty", "partners", "factors", "shared"]'
BY = b'breakdowns = ["sector"]\n'


def changed(old: bytes, new: bytes) -> dict[str, bytes]:
    folder = dict(starter())
    assert folder["outputs.toml"].count(old) == 1
    folder["outputs.toml"] = folder["outputs.toml"].replace(old, new)
    return folder


def test_the_named_questions_are_asked() -> None:
    asked = read_edition(starter()).self_test
    assert asked is not None and (asked.survey, asked.breakdowns) == ("workplaces", ("sector",))
    assert asked.questions == ("service", "process", "novelty", "partners", "factors", "shared")


def test_without_questions_the_core_ones_are_asked() -> None:
    folder = changed(NAMED + b"\n", b"")
    path = "questionnaires/workplaces.yaml"
    folder[path] = folder[path].replace(b"      - id: process\n", b"      - id: process\n        core: true\n")
    asked = read_edition(folder).self_test
    assert asked is not None and asked.questions == ("process",)


def test_an_edition_need_not_have_one() -> None:
    whole = starter()["outputs.toml"]
    start = whole.index(b"[self_test]")
    folder = changed(whole[start : whole.index(b"[[breakdown]]", start)], b"")
    assert read_edition(folder).self_test is None


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        (NAMED, b'questions = ["servise"]', "E009", "Did you mean 'service'?"),
        (NAMED, b'questions = ["comment"]', "E007", "nothing in own words"),
        (NAMED, b"", "E004", "mark questions with core"),
        (BY, b'breakdowns = ["sectors"]\n', "E009", "Did you mean 'sector'?"),
        (BY, b'breakdowns = ["collaboration"]\n', "E007", "which no register column makes"),
    ],
)
def test_mistakes_are_told_with_the_way_out(old: bytes, new: bytes, code: str, says: str) -> None:
    found = [one for one in check_edition(changed(old, new)) if one.severity is Severity.ERROR]
    assert [one.code for one in found] == [code]
    assert says in str(found[0])
