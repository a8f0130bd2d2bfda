"""Questionnaires on paper."""

from dataclasses import replace

import pytest

from barometer.edition import read_edition, read_instrument, starter
from barometer.model import Instrument, Survey
from barometer.printing import questionnaire_content, questionnaire_pdf
from barometer.printing._marks import blocks
from every_kind import INSTRUMENT, REGISTER, YAML

EDITION = read_edition(starter())
SURVEY = EDITION.surveys[0]


def asking(instrument: Instrument) -> Survey:
    return replace(SURVEY, instrument=instrument)


@pytest.mark.parametrize("language", EDITION.languages)
def test_every_language_becomes_an_accessible_pdf(language: str) -> None:
    content = questionnaire_pdf(EDITION, SURVEY, language)
    assert content.startswith(b"%PDF-")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    assert f"<rdf:li>{language}</rdf:li>".encode() in content


def test_the_same_questionnaire_gives_the_same_bytes() -> None:
    assert questionnaire_pdf(EDITION, SURVEY, "da") == questionnaire_pdf(EDITION, SURVEY, "da")


def test_the_pdf_is_dated_by_the_edition() -> None:
    day = EDITION.period_end
    assert f"D:{day:%Y%m%d}".encode() in questionnaire_pdf(EDITION, SURVEY, "en")


def test_every_kind_of_question_can_be_printed() -> None:
    assert questionnaire_pdf(EDITION, asking(INSTRUMENT), "en").startswith(b"%PDF-")


def test_marks_of_the_typesetter_in_texts_are_printed_as_they_are() -> None:
    wild = YAML.replace("title: {en: Every kind}", 'title: {en: "#panic() *x $y$ <b> @z \\\\ ] /* // `"}')
    instrument = read_instrument("wild.yaml", wild.encode(), REGISTER, ("en",))
    assert instrument.title["en"].startswith("#panic()")
    assert questionnaire_pdf(EDITION, asking(instrument), "en").startswith(b"%PDF-")


def test_questions_are_numbered_in_order_without_those_nobody_answers() -> None:
    document = questionnaire_content(EDITION, asking(INSTRUMENT), "en")
    printed = [question for page in document["pages"] for question in page["questions"]]
    assert [one["number"] for one in printed if one["kind"] != "information"] == list(range(1, 12))
    assert "computed" not in {one["kind"] for one in printed}


def test_routing_says_who_answers_and_where_the_others_go_on() -> None:
    document = questionnaire_content(EDITION, SURVEY, "en")
    assert [page["routing"] for page in document["pages"]] == [
        "",
        "Answer questions 3 to 11 only if you answered “Yes” to question 1 or 2. If not, go to question 12.",
        "",
    ]


def test_pages_in_a_row_with_one_condition_have_one_instruction() -> None:
    page = "  - id: {}\n    title: {{en: More}}\n    when: channel == 'web'\n    questions:\n"
    asked = "      - {{id: {}, kind: text, text: {{en: What?}}}}\n"
    more = "".join((page + asked).format(f"page_{name}", f"what_{name}") for name in "ab")
    text = YAML.replace("  - id: end\n", more + "  - id: end\n").replace("    section: first\n", "")
    text = text.replace("    section: second\n", "").replace(YAML[YAML.index("sections:") : YAML.index("pages:")], "")
    instrument = read_instrument("more.yaml", text.encode(), REGISTER, ("en",))
    document = questionnaire_content(EDITION, asking(instrument), "en")
    assert [bool(page["routing"]) for page in document["pages"]] == [False, True, True, False, False]
    assert document["pages"][2]["routing"].startswith("Answer questions 9 to 10 only if")


def test_introductions_keep_their_paragraphs_lists_and_emphasis() -> None:
    assert blocks("One **two**\n\n- *three*\n- four") == [
        {
            "kind": "paragraph",
            "spans": [
                {"text": "One ", "strong": False, "emphasis": False},
                {"text": "two", "strong": True, "emphasis": False},
            ],
        },
        {
            "kind": "list",
            "numbered": False,
            "items": [
                [{"text": "three", "strong": False, "emphasis": True}],
                [{"text": "four", "strong": False, "emphasis": False}],
            ],
        },
    ]
