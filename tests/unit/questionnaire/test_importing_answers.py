"""Answers collected elsewhere: dialects, dirt, and a map of them."""

import polars as pl
import pytest

from barometer.problems import BadInput, Place, Severity
from barometer.questionnaire import answer_columns, check_answers, import_answers
from small_survey import INSTRUMENT, UNITS, survey

MAP = r"""
[file]
delimiter = ";"
escape = "\\"
escaped = { n = "\n", r = "" }

[case_id]
column = "no"
prefix = "c"

[unit_id]
column = "body"
lookup = "name"
ignore_case = true
[unit_id.corrections]
"SKATE ETATEN" = "Skatteetaten"

[[question]]
id = "innovated"
column = "q1"
values = { "1" = "yes", "2" = "no" }
blank = ["", "NA"]

[[question]]
id = "partners"
columns = { own = "p1", company = "p2", citizens = "p3", none = "p4" }

[[question]]
id = "channel"
column = "q3"

[[question]]
id = "hours"
column = "q4"
number = { decimal = ",", thousands = ".", drop = ["ca.", "timer"], range = "middle" }

[[question]]
id = "factors"
columns = { law = "f1", staff = "f2" }
values = { "+" = "promoted", "-" = "hindered" }

[[question]]
id = "title"
column = "t"

[[register]]
column = "level"
is = "sector"
[register.corrections]
"Staten" = "State body"

[[ignore]]
columns = ["remark"]
reason = "free text can identify people"
"""
HEADER = '"no";"body";"q1";"p1";"p2";"p3";"p4";"q3";"q4";"f1";"f2";"t";"level";"remark"'
ROWS = (
    r'"7";"ås kommune";"1";"TRUE";"0";"0";"0";"";"1.000,5";"";"";"two\r\nlines";"Municipality";"a \"quoted\"; word"',
    r'"8";"SKATE  ETATEN";"2";"";"";"";"";"";"";"";"";"raw' + "\n" + r'break";"Staten";"back\\slash"',
    r'"9";"Skatteetaten";"NA";"0";"0";"0";"0";"network";"ca. 50 timer";"+";"-";"";"Municipality";""',
)


def imported(rows=ROWS, map_text=MAP, header=HEADER, **keywords):
    content = "\n".join([header, *rows]).encode()
    places = Place("answers.csv"), Place("map.toml")
    return import_answers(content, map_text.encode(), survey(**keywords), *places)


def problems(*args, **keywords):
    with pytest.raises(BadInput) as caught:
        imported(*args, **keywords)
    return caught.value.problems


def codes(*args, **keywords):
    return [problem.code for problem in problems(*args, **keywords)]


def test_a_dirty_file_becomes_a_table_of_answers():
    table, _ = imported()
    assert table.schema == {"case_id": pl.String(), "unit_id": pl.String()} | answer_columns(INSTRUMENT)
    assert table["case_id"].to_list() == ["c7", "c8", "c9"]
    assert table["unit_id"].to_list() == ["u1", "u2", "u2"]
    assert table["innovated"].to_list() == ["yes", "no", None]
    assert table["partners.own"].to_list() == [True, None, False]  # all blank is no answer, no mark is one
    assert table["hours"].to_list() == [1000.5, None, 50.0]
    assert table["factors.law"].to_list() == [None, None, "promoted"]
    assert table["factors.staff"].to_list() == [None, None, "hindered"]
    assert table["channel"].to_list() == [None, None, "network"]
    assert table["title"].to_list() == ["two\nlines", "raw\nbreak", None]


def test_warnings_tell_what_was_read_by_rule_and_where_the_register_differs():
    warnings = imported()[1]
    assert [(problem.code, problem.severity) for problem in warnings] == [
        ("A033", Severity.WARNING),
        ("A031", Severity.WARNING),
    ]
    assert warnings[0].found == "'Municipality' where the register has 'state' (1)"
    assert warnings[1].found == "1 values: 'ca. 50 timer' as 50 (1)"


def test_imported_answers_meet_the_questionnaire_like_any_others():
    table, _ = imported()
    assert {problem.code for problem in check_answers(INSTRUMENT, UNITS, table)} == {"A008", "A009", "A012", "A015"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("100", 100.0),
        ("-3", -3.0),
        ("1,5", 1.5),
        ("1.000", 1000.0),
        ("12.345.678,25", 12345678.25),
        ("ca. 50", 50.0),
        ("CA.50timer", 50.0),
        ("10-20", 15.0),
        ("ca. 10 – 20 timer", 15.0),
        ("1.00", None),
        ("10-", None),
        ("20-10", None),
        ("mange", None),
        ("timeren 5", None),
        ("1e5", None),
        ("٣", None),
        ("9" * 400, None),
    ],
)
def test_numbers_written_as_text(written, read):
    table, warnings = imported([ROWS[0].replace("1.000,5", written)])
    assert table["hours"].to_list() == [read]
    assert ("A030" in [problem.code for problem in warnings]) is (read is None)


def test_unreadable_numbers_are_counted_and_listed():
    rows = [row.replace('"1.000,5"', '"mange"').replace('"ca. 50 timer"', '"mange"') for row in ROWS]
    warning = next(problem for problem in imported(rows)[1] if problem.code == "A030")
    assert warning.found == "2 values: 'mange' (2)"
    assert warning.place == Place("answers.csv", column="q4")


def test_a_plain_number_needs_no_rule():
    plain = MAP.replace('number = { decimal = ",", thousands = ".", drop = ["ca.", "timer"], range = "middle" }', "")
    table, warnings = imported([ROWS[0].replace("1.000,5", "2.5"), ROWS[1]], plain)
    assert table["hours"].to_list() == [2.5, None]
    assert warnings == ()


def test_a_multiple_choice_in_one_column():
    one_column = MAP.replace(
        'columns = { own = "p1", company = "p2", citizens = "p3", none = "p4" }',
        'column = "p"\nseparator = ","\nvalues = { "1" = "own", "2" = "company" }',
    )
    header = HEADER.replace('"p1";"p2";"p3";"p4"', '"p"')
    rows = [f'"{i}";"Skatteetaten";"1";"{p}";"";"";"";"";"";"";""' for i, p in enumerate(["2, 1", "", "2,"])]
    table, _ = imported(rows, one_column, header)
    assert table["partners.own"].to_list() == [True, None, False]
    assert table["partners.company"].to_list() == [True, None, True]
    assert table["partners.none"].to_list() == [False, None, False]
    rows = [rows[0].replace("2, 1", "2,3")]
    (unknown,) = (problem for problem in problems(rows, one_column, header) if problem.severity is Severity.ERROR)
    assert (unknown.code, unknown.found) == ("A025", "'3' (1)")


def test_no_mark_may_be_declared_no_answer():
    missing = MAP.replace('none = "p4" }', 'none = "p4" }\nnone_marked = "missing"')
    assert imported(map_text=missing)[0]["partners.own"].to_list() == [True, None, None]


def test_cases_may_be_numbered_as_they_stand():
    numbered = MAP.replace('column = "no"\n', "rows = true\n").replace('["remark"]', '["remark", "no"]')
    assert imported(map_text=numbered)[0]["case_id"].to_list() == ["c1", "c2", "c3"]


def test_another_encoding_is_read_when_named():
    content = "\n".join([HEADER, *ROWS]).encode("cp1252")
    named = MAP.replace("[file]", '[file]\nencoding = "cp1252"')
    assert import_answers(content, named.encode(), survey())[0]["unit_id"].to_list() == ["u1", "u2", "u2"]
    with pytest.raises(BadInput) as caught:
        import_answers(content, MAP.encode(), survey(), Place("answers.csv"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.line) == ("A026", 2)


def test_a_byte_order_mark_is_no_part_of_the_first_column():
    content = b"\xef\xbb\xbf" + "\n".join([HEADER, *ROWS]).encode()
    assert len(import_answers(content, MAP.encode(), survey())[0]) == 3


def test_a_file_without_cases_gives_an_empty_table():
    table, warnings = imported([])
    assert table.schema == imported()[0].schema
    assert (len(table), [problem.code for problem in warnings]) == (0, ["A034", "A034"])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"7";', '"8";', ["A005"]),
        ('"7";', '"";', ["A004"]),
        ("ås kommune", "Bergen", ["A028"]),
        ("ås kommune", "", ["A028"]),
        ("ås kommune", "kartverket", ["A029"]),
        ('"1";"TRUE"', '"3";"TRUE"', ["A025"]),
        ('"TRUE"', '"x"', ["A025"]),
        (';"two', ';"one more";"two', ["A027"]),
        ('"1.000,5"', '"1" x', ["A027"]),
        ('"ås kommune"', '"ås kommune', ["A027"]),
    ],
)
def test_each_fault_of_the_file_has_its_code(old, new, expected):
    assert old in ROWS[0]
    assert codes([ROWS[0].replace(old, new), ROWS[1]]) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[file]", "[file", ["A020"]),
        ("[case_id]", "colour = 'red'\n[case_id]", ["A021"]),
        ('delimiter = ";"', 'delimiter = ";;"', ["A021"]),
        ('delimiter = ";"', "delimiter = 5", ["A021"]),
        ("[file]", '[file]\nencoding = "utf-9"', ["A021"]),
        ('column = "no"\n', "", ["A021"]),
        ('reason = "free text can identify people"', "", ["A021"]),
        ('range = "middle"', 'range = "mean"', ["A021"]),
        ('thousands = "."', 'thousands = ","', ["A021"]),
        ('"1" = "yes"', '"1" = 1', ["A021"]),
        ('columns = { law = "f1", staff = "f2" }', 'column = "f1"', ["A023", "A021"]),
        ('column = "q4"', 'column = "q5"', ["A022", "A023"]),
        ('columns = ["remark"]', 'columns = ["remark", "q1"]', ["A023"]),
        ('columns = ["remark"]', "columns = []", ["A023"]),
        ('id = "hours"', 'id = "hour"', ["A024"]),
        ('"2" = "no"', '"2" = "nei"', ["A024"]),
        ('staff = "f2"', 'stuff = "f2"', ["A024"]),
        ('lookup = "name"', 'lookup = "names"', ["A024"]),
        ('is = "sector"', 'is = "level"', ["A024"]),
        ('id = "channel"\ncolumn = "q3"', 'id = "title"\ncolumn = "q3"', ["A021"]),
        ('none = "p4" }', 'none = "p4" }\nvalues = { "1" = "yes" }', ["A021"]),
    ],
)
def test_each_fault_of_the_map_has_its_code(old, new, expected):
    assert old in MAP
    assert codes(map_text=MAP.replace(old, new, 1)) == expected


def test_all_faults_are_told_at_once():
    rows = [ROWS[0].replace("ås kommune", "Bergen").replace('"1";"TRUE"', '"3";"x"'), *ROWS[1:], ROWS[2]]
    assert codes(rows) == ["A005", "A028", "A033", "A025", "A025", "A031"]


def test_unknown_units_say_where_and_what_is_near():
    (problem,) = problems([ROWS[0].replace("ås kommune", "Skateetaten"), ROWS[1], ROWS[2]])[:1]
    assert problem.found == "'Skateetaten' in row 2"
    assert problem.way_out.startswith("Did you mean 'skatteetaten'?")


def test_questions_without_a_column_are_empty_and_told():
    without = MAP.replace('[[question]]\nid = "channel"\ncolumn = "q3"\n', "").replace('["remark"]', '["remark", "q3"]')
    table, warnings = imported(map_text=without)
    assert table["channel"].null_count() == 3
    assert ("A032", "channel") in [(problem.code, problem.found) for problem in warnings]


def test_a_choice_without_a_column_counts_as_not_marked_and_is_told():
    without = MAP.replace(', none = "p4"', "").replace('["remark"]', '["remark", "p4"]')
    table, warnings = imported(map_text=without)
    assert table["partners.none"].to_list() == [False, None, False]
    assert "A032" in [problem.code for problem in warnings]


def test_corrections_that_correct_nothing_are_told():
    assert "A034" in [problem.code for problem in imported([ROWS[0]])[1]]


def test_quotation_marks_left_unescaped_are_read_as_text_and_told():
    table, warnings = imported([ROWS[0].replace("two\\r\\nlines", 'tool "ARVE"')])
    assert table["title"].to_list() == ['tool "ARVE"']
    assert warnings[0].code == "A035"
    undecidable = ROWS[0].replace("two\\r\\nlines", 'tool;"ARVE" and')
    assert codes([undecidable]) == ["A027"]
