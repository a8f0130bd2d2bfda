"""Coding schemes in an edition folder, and what indicators can do with them."""

import numpy as np
import polars as pl
import pytest

from barometer.disclosure import protect
from barometer.edition import check_coding, check_edition, coding_csv, coding_yaml, read_coding, read_edition, starter
from barometer.estimation import estimate, join
from barometer.model import CodingScheme, Folder, SchemeCode, open_answers
from barometer.problems import BadInput, Place, Problem
from barometer.questionnaire import answer_columns, import_answers
from barometer.sampling import draw_sample
from barometer.simulation import simulate_answers
from barometer.weighting import weigh

LANGUAGES = ("en", "da")


def say(words: str) -> dict[str, str]:
    return {"en": words, "da": f"{words} på dansk"}


SCHEME = CodingScheme(
    "why",
    (
        SchemeCode("money", say("Money"), "Too little of it", "We could not afford it"),
        SchemeCode("time", say("Time"), was=("hours", "hurry")),
    ),
    multiple=True,
)


def told(content: bytes, file: str = "s.yaml", **more: object) -> list[Problem]:
    with pytest.raises(BadInput) as bad:
        read_coding(file, content, languages=LANGUAGES, **more)  # type: ignore[arg-type]
    return list(bad.value.problems)


@pytest.mark.parametrize("answer", ["", "why"])
def test_a_scheme_reads_back_from_yaml(answer: str) -> None:
    assert read_coding("s.yaml", coding_yaml(SCHEME), languages=LANGUAGES, answer=answer) == SCHEME


def test_a_scheme_reads_back_from_csv() -> None:
    content = coding_csv(SCHEME, LANGUAGES)
    assert read_coding("s.csv", content, languages=LANGUAGES, answer="why", multiple=True) == SCHEME


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless_and_reads_back() -> None:
    scheme = CodingScheme("why", (SchemeCode("a", say("=1+1")),))
    content = coding_csv(scheme, LANGUAGES)
    assert b"'=1+1" in content
    assert read_coding("s.csv", content, languages=LANGUAGES, answer="why") == scheme


def test_all_mistakes_of_a_csv_are_listed_with_their_rows() -> None:
    content = b"id;label_en;label_da;descripton\nMoney!;Money;Penge;x\nb;;Tid;\nb;Time;Penge;\n"
    found = told(content, "s.csv", answer="why")
    assert {(one.code, one.place.row) for one in found} == {("E003", 1), ("E007", 2), ("E006", 3), ("E008", 4)}
    assert sum(one.code == "E008" for one in found) == 2


def test_a_csv_without_its_columns_is_told_once() -> None:
    assert [one.code for one in told(b"code,label\na,b\n", "s.csv", answer="why")] == ["E027"]


def test_all_mistakes_of_a_yaml_are_listed_with_their_lines() -> None:
    codes = b"codes:\n  - {id: a, label: {en: A}}\n  - {label: {en: B, da: B}}\n"
    content = b"answer: other\nmultiple: maybe\ncolour: red\n" + codes
    found = told(content, answer="why")
    assert {(one.code, one.place.line) for one in found} >= {("E009", 1), ("E005", 2), ("E003", 3), ("E006", 5)}


def test_a_scheme_without_codes_is_told() -> None:
    assert [one.code for one in told(b"answer: why\ncodes: []\n")] == ["E012"]
    assert [one.code for one in told(b"answer: why\n")] == ["E004"]


def test_a_typed_scheme_is_checked_as_a_file_is() -> None:
    check_coding(SCHEME, LANGUAGES)
    typed = CodingScheme("why", (SchemeCode("", say("A")), SchemeCode("b", {"en": "A", "da": ""})))
    with pytest.raises(BadInput) as bad:
        check_coding(typed, LANGUAGES)
    assert {(one.code, one.place.row) for one in bad.value.problems} == {("E004", 1), ("E008", 2), ("E006", 2)}


def folder(multiple: bool = False, **more: bytes) -> Folder:
    """The starter with an open question, a scheme of it, and an indicator of a code."""
    files = dict(starter())
    path = "questionnaires/workplaces.yaml"
    question = (
        b"\n      - id: why\n        kind: longtext\n        when: service == 'yes'\n"
        b"        text: {en: Why?, da: Hvorfor?, nb: Hvorfor?, sv: Varf\xc3\xb6r?}\n"
    )
    assert b"\n  - id: latest" in files[path]
    files[path] = files[path].replace(b"\n  - id: latest", question + b"\n  - id: latest", 1)
    labels = {code: {one: f"{code} {one}" for one in ("en", "da", "nb", "sv")} for code in ("money", "time")}
    scheme = CodingScheme("why", tuple(SchemeCode(code, label) for code, label in labels.items()), multiple)
    files["coding/why.yaml"] = coding_yaml(scheme)
    condition = "'money' in why_code" if multiple else "why_code == 'money'"
    label = ", ".join(f'{one} = "Money"' for one in ("en", "da", "nb", "sv"))
    files["indicators.toml"] += (
        f'\n[[indicator]]\nid = "WHY_MONEY"\nuniverse = "INNOV"\nnumerator = "{condition}"\n'
        f'question = "why_code"\nlabel = {{ {label} }}\n'
    ).encode()
    return files | more


def codes_of(files: Folder) -> set[str]:
    return {one.code for one in check_edition(files)}


@pytest.mark.parametrize("multiple", [False, True])
def test_indicators_use_coded_answers_through_to_protected_figures(multiple: bool) -> None:
    edition = read_edition(folder(multiple))
    survey = edition.surveys[0]
    assert [one.id for one in survey.measured.questions if one.id.startswith("why")] == ["why", "why_code"]
    columns = answer_columns(survey.measured)
    wanted = {"why_code.money", "why_code.time"} if multiple else {"why_code"}
    assert wanted <= columns.keys() and not wanted & answer_columns(survey.instrument).keys()
    sample = draw_sample(survey, np.random.default_rng(1))
    answers = simulate_answers(survey, sample, starter()["simulation.toml"], b"", np.random.default_rng(1))
    estimates = join([estimate(survey, sample, answers, weigh(survey, sample, answers))])
    shares = estimates.cells.filter((pl.col("indicator") == "WHY_MONEY") & (pl.col("breakdown") == "total"))
    assert 0 < shares["value"][0] < 1
    assert "WHY_MONEY" in set(protect(edition, estimates).cells["indicator"])


def test_the_published_questionnaire_stays_the_same() -> None:
    survey = read_edition(folder()).surveys[0]
    assert (
        survey.instrument.digest
        == read_edition({**folder(), "coding/why.yaml": coding_yaml(survey.codings[0])}).surveys[0].instrument.digest
    )
    assert "why_code" not in survey.instrument.names


def test_an_unknown_code_in_an_indicator_is_told() -> None:
    files = dict(folder())
    files["indicators.toml"] = files["indicators.toml"].replace(b"why_code == 'money'", b"why_code == 'gold'")
    assert codes_of(files)


def test_a_scheme_of_no_open_answer_is_told() -> None:
    files = dict(folder())
    files["coding/why.yaml"] = files["coding/why.yaml"].replace(b"answer: why", b"answer: novelty")
    assert "E009" in codes_of(files)


def test_two_schemes_of_one_answer_are_told() -> None:
    files = dict(folder())
    assert "E008" in codes_of({**files, "coding/why2.yaml": files["coding/why.yaml"]})


def test_files_that_are_no_scheme_are_told() -> None:
    assert codes_of(folder(**{"coding/why.csv": b"x"})) == {"E017"}
    assert "E005" in codes_of(folder(**{"coding/x.yaml": b"- a\n- b\n"}))


def test_texts_beside_choices_are_open_answers_too() -> None:
    files = dict(folder())
    path = "questionnaires/workplaces.yaml"
    files[path] = files[path].replace(
        b"        choices: yes_no\n        required: hard\n",
        b"""        choices:
          - {code: yes, label: {en: "Yes", da: Ja, nb: Ja, sv: Ja}, opens_text: true}
          - {code: no, label: {en: "No", da: Nej, nb: Nei, sv: Nej}}
        required: hard
""",
        1,
    )
    instrument = read_edition(files).surveys[0].instrument
    assert "service.yes.text" in open_answers(instrument)
    assert CodingScheme("service.yes.text").question_id == "service_yes_text_code"


def test_codes_given_elsewhere_are_imported_with_the_answers() -> None:
    survey = read_edition(folder()).surveys[0]
    answer_map = b"""[case_id]
rows = true
[unit_id]
column = "unit"
[[question]]
id = "why_code"
column = "code"
values = { "1" = "money", "2" = "time" }
"""
    units = survey.frame.units["unit_id"].head(2).to_list()
    content = f"unit,code\n{units[0]},1\n{units[1]},2\n".encode()
    answers, _ = import_answers(content, answer_map, survey, Place(file="a.csv"), Place(file="a.toml"))
    assert answers["why_code"].to_list() == ["money", "time"]
