"""The collected answers as files for other programs."""

import io
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import polars as pl
import pyreadstat
import pytest
from fielded import add_case, ask, every_kind, field_collection, published, say
from test_collect import FULL, clear_all, handed_in

from barometer.model import Choice, Page, Question, QuestionKind
from barometer.problems import BadInput
from barometer.questionnaire import AnswerState, Variable, variables_of
from barometer.web.audit.models import Event
from barometer.web.fieldwork.actions.exporting import export_collection, zipped
from barometer.web.fieldwork.exports import FORMATS
from barometer.web.fieldwork.exports._stata import STATA_MISSING
from barometer.web.fieldwork.models import AnswerEvent, Collection, Paradata

pytestmark = pytest.mark.django_db


@pytest.fixture
def every(db: None) -> Collection:
    """Three cases: one full, one that refused the number, one that did not innovate and writes a formula."""
    collection = field_collection(every_kind())
    handed_in(collection.cases.get(), FULL)
    handed_in(add_case(collection), {**FULL, "hours": "-refused"})
    handed_in(add_case(collection), {"innovated": "no", "why_not": "=1+1", "comment": "to <be> & not"})
    clear_all(collection)
    return collection


Get = Callable[..., dict[str, bytes]]


@pytest.fixture
def get(every: Collection) -> Get:
    def export(*formats: str, language: str = "en", layer: str = "edited") -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        put = files.__setitem__
        export_collection(every, put, formats=formats, language=language, layer=layer, by="ida@example.org")
        return files

    return export


def test_the_same_answers_give_the_same_bytes(get: Get) -> None:
    first, second = get("all"), get("all")
    assert {name: first[name] == second[name] for name in first} == dict.fromkeys(first, True)
    assert zipped(first) == zipped(second)


def test_no_file_names_the_unit(get: Get, every: Collection) -> None:
    unit = every.cases.first()
    assert unit
    for name, content in get("all").items():
        assert unit.unit_id.encode() not in content and unit.number.encode() not in content, name
        assert b"unit_id" not in content, name


def test_cells_of_csv_are_no_formulas(get: Get) -> None:
    table = pl.read_csv(get("csv")["answers.csv"], separator=";")
    assert table.height == 3
    assert "'=1+1" in table["why_not"].to_list()
    assert table["partners_companies"].sum() == 2


def test_a_workbook_opens_with_types_and_without_formulas(get: Get) -> None:
    book = openpyxl.load_workbook(io.BytesIO(get("xlsx")["answers.xlsx"]))
    assert book.sheetnames == ["answers", "states", "codebook"]
    rows = list(book["answers"].iter_rows(values_only=True))
    table = {name: [row[place] for row in rows[1:]] for place, name in enumerate(rows[0])}
    assert sorted(map(str, table["why_not"])) == ["'=1+1", "None", "None"]
    assert "to <be> & not" in table["comment"]
    assert True in table["partners_companies"] and 12.5 in table["hours"]
    day = next(one for one in table["day"] if one)
    assert (day.year, day.month, day.day) == (2021, 3, 31)


def test_spss_has_labels_and_user_missing_values(get: Get, tmp_path: Path) -> None:
    path = tmp_path / "answers.sav"
    path.write_bytes(get("sav", language="nb")["answers.sav"])
    table, about = pyreadstat.read_sav(str(path), user_missing=True, output_format="polars")
    assert sorted(table["innovated"].to_list()) == [1, 1, 2]
    assert about.column_names_to_labels["innovated"] == "About innovated? på norsk"
    assert about.variable_value_labels["innovated"][2] == "No på norsk"
    assert sorted(table["hours"].to_list()) == [-86, -83, 12.5]
    assert about.missing_ranges["hours"] == [{"lo": -90.0, "hi": -81.0}]
    assert about.variable_value_labels["hours"][-83]
    plain, _ = pyreadstat.read_sav(str(path), output_format="polars")
    assert plain["hours"].drop_nulls().drop_nans().to_list() == [12.5]
    assert about.variable_measure["hours"] == "scale" and about.variable_measure["innovated"] == "nominal"


def test_stata_has_extended_missing_values_with_labels(get: Get, tmp_path: Path) -> None:
    path = tmp_path / "answers.dta"
    path.write_bytes(get("dta")["answers.dta"])
    table, about = pyreadstat.read_dta(str(path), user_missing=True, output_format="dict")
    assert sorted(table["hours"], key=str) == [12.5, "c", "f"]
    assert about.missing_user_values["hours"] == ["c", "f"]
    assert about.variable_value_labels["hours"]["c"] == "Did not want to answer"
    assert list(table["why_not"]).count("=1+1") == 1
    assert sorted(table["innovated"]) == [1.0, 1.0, 2.0]


def test_the_letters_of_stata_go_with_the_states() -> None:
    assert STATA_MISSING[AnswerState.DONT_KNOW] == "a" and STATA_MISSING[AnswerState.NOT_CODED] == "j"


def test_the_r_script_reads_what_lies_beside_it(get: Get, tmp_path: Path) -> None:
    for name, content in get("r").items():
        (tmp_path / name).write_bytes(content)
    more = 'cat(levels(answers$innovated), class(answers$day), sum(answers$hours, na.rm = TRUE), answers$why_not[!is.na(answers$why_not)], attr(answers$innovated, "label"), sep = "|")'  # noqa: E501
    (tmp_path / "look.R").write_text(f'source("read_answers.R")\n{more}\n')
    done = subprocess.run(["Rscript", "look.R"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "Yes|No|Date|12.5|=1+1|About innovated?"


def test_ddi_tells_variables_in_every_language_with_counts(get: Get) -> None:
    book = ElementTree.fromstring(get("ddi")["codebook.xml"])
    names = {"d": "ddi:codebook:2_5"}
    variable = book.find("d:dataDscr/d:var[@name='innovated']", names)
    assert variable is not None
    labels = variable.findall("d:labl", names)
    assert {one.get("{http://www.w3.org/XML/1998/namespace}lang") for one in labels} == {"da", "nb", "sv", "en"}
    values = variable.findall("d:catgry", names)
    counts = {one.findtext("d:catValu", "", names): one.findtext("d:catStat", "", names) for one in values}
    assert counts == {"1": "2", "2": "1"}
    assert book.findtext("d:fileDscr/d:fileTxt/d:dimensns/d:caseQnty", "", names) == "3"
    routed = book.find("d:dataDscr/d:var[@name='why_not']/d:universe", names)
    assert routed is not None and routed.text == "innovated == 'no'"


def test_ids_of_ddi_are_unique_and_children_stand_in_the_order_of_the_schema(get: Get) -> None:
    book = ElementTree.fromstring(get("ddi")["codebook.xml"])
    order = ["labl", "qstn", "universe", "catgry", "varFormat", "notes"]
    variables = [one for one in book.iter() if one.tag.endswith("}var")]
    assert len({one.get("ID") for one in variables}) == len(variables) > 10
    for one in variables:
        places = [order.index(child.tag.partition("}")[2]) for child in one]
        assert places == sorted(places)


def test_the_codebook_escapes_what_authors_wrote(db: None) -> None:
    question = replace(ask("a", QuestionKind.TEXT), text=say("1 < 2 & <b>x</b>?"))
    instrument = published(replace(every_kind(), checks=(), sections=(), pages=(Page("p", say("p"), (question,)),)))
    collection = field_collection(instrument)
    files: dict[str, bytes] = {}
    put = files.__setitem__
    export_collection(collection, put, formats=["codebook"], language="en", layer="edited", by="i")
    page = files["codebook.html"]
    assert b"1 &lt; 2 &amp; &lt;b&gt;x" in page and b"<b>x" not in page


def test_events_tell_who_by_kind_only(every: Collection, get: Get) -> None:
    response = handed_in(add_case(every), FULL)
    AnswerEvent.objects.create(
        response=response,
        revision=1,
        once=response.key,
        page="start",
        changes={"innovated": [None, "yes"], "partners": [None, ["companies"]]},
        source="staff:ida@example.org",
        language="en",
    )
    table = pl.read_csv(get("events")["events.csv"], separator=";")
    assert table["name"].to_list() == ["innovated", "partners"]
    assert table["source"].unique().to_list() == ["staff"]


def test_paradata_come_with_a_description_of_each_column(every: Collection, get: Get) -> None:
    response = handed_in(add_case(every), FULL)
    Paradata.objects.create(response=response, kind="page", page="start", device="phone", seconds=3.5)
    files = get("paradata")
    table = pl.read_csv(files["paradata.csv"], separator=";")
    assert table["seconds"].to_list() == [3.5]
    assert all(f"\n{name} " in files["paradata.txt"].decode() for name in table.columns)


def test_an_export_is_told_in_the_log(get: Get) -> None:
    get("csv")
    event = Event.objects.latest("id")
    assert event.act == "answers exported" and event.details["cases"] == 3 and event.by == "ida@example.org"


def test_unknown_languages_layers_and_formats_are_told_together(get: Get) -> None:
    with pytest.raises(BadInput) as bad:
        get("word", language="fi", layer="best")
    assert [problem.code for problem in bad.value.problems] == ["C063"] * 3


def variables(*questions: Question) -> tuple[Variable, ...]:
    return variables_of({1: replace(every_kind(), pages=(Page("p", say("p"), questions),))})


def test_names_fit_every_program_and_are_unique() -> None:
    long = "a" * 40
    found = variables(
        *(ask(name, QuestionKind.TEXT) for name in (long, f"{long}b", "if", "1st", "case_id", "x.y", "x_y"))
    )
    names = [one.name for one in found]
    assert len({name.lower() for name in names}) == len(names)
    assert all(len(name) <= 32 and name[0].isalpha() for name in names)
    assert "if" not in names and "case_id" not in names


def test_codes_that_are_numbers_keep_them_and_others_are_counted() -> None:
    numbers = tuple(Choice(code, say(code)) for code in ("0", "5"))
    words = tuple(Choice(code, say(code)) for code in ("x", "y"))
    a, b = variables(ask("a", QuestionKind.SINGLE, choices=numbers), ask("b", QuestionKind.SINGLE, choices=words))
    assert [one.number for one in a.categories] == [0, 5]
    assert [one.number for one in b.categories] == [1, 2]


def test_missing_codes_of_numbers_that_can_be_negative_lie_below_all_of_them() -> None:
    free, positive = variables(ask("a", QuestionKind.NUMBER), ask("b", QuestionKind.NUMBER, minimum=0.0))
    assert free.missing_number(AnswerState.DONT_KNOW) == -999_999_981
    assert positive.missing_number(AnswerState.DONT_KNOW) == -81


def test_choices_of_an_earlier_version_stay_in_the_codebook_under_numbers_of_their_own() -> None:
    def version(*codes: str):  # type: ignore[no-untyped-def]
        choices = tuple(Choice(code, say(code)) for code in codes)
        return replace(every_kind(), pages=(Page("p", say("p"), (ask("a", QuestionKind.SINGLE, choices=choices),)),))

    (found,) = variables_of({1: version("old", "both"), 2: version("both", "new")})
    assert [(one.number, one.code) for one in found.categories] == [(1, "both"), (2, "new"), (3, "old")]
    assert found.versions == (1, 2)


def test_every_format_writes_files(get: Get) -> None:
    names = {name for one in FORMATS for name in get(one)}
    endings = {"csv", "xlsx", "parquet", "sav", "dta", "R", "xml", "html", "txt"}
    assert {name.rpartition(".")[2] for name in names} == endings
    assert zipfile.ZipFile(io.BytesIO(zipped(get("all")))).testzip() is None
