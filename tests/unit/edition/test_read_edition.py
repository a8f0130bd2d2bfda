"""What a correct folder becomes."""

import pytest

from barometer.edition import answer_scope, check_edition, read_edition, read_figures, starter
from barometer.expressions import Type, condition
from barometer.model import Calibration, Edition, Margin, QuestionKind, Selection
from barometer.problems import BadInput, Severity


@pytest.fixture(scope="module")
def edition() -> Edition:
    return read_edition(starter())


def changed(file: str, *changes: tuple[str, str]) -> Edition:
    folder = starter()
    for old, new in changes:
        assert old.encode() in folder[file]
        folder[file] = folder[file].replace(old.encode(), new.encode(), 1)
    return read_edition(folder)


def test_the_edition_has_what_its_files_say(edition: Edition) -> None:
    assert (edition.id, edition.country, edition.seed, edition.synthetic) == ("example-2024", "DK", 20240601, True)
    assert edition.languages == ("en", "da", "nb", "sv")
    assert edition.release_at.isoformat() == "2024-06-01T09:00:00+02:00"
    assert edition.headline == ("INC_ANY", "COL_ANY", "NOV_REUSE")
    assert set(edition.texts["sv"]) == {"about", "method"}


def test_a_survey_has_its_frame_design_and_weighting(edition: Edition) -> None:
    survey = edition.survey("workplaces")

    assert (survey.frame.units.height, survey.frame.excluded) == (200, 1)
    assert survey.frame.units["unit_id"][0] == "0001"
    assert survey.design.selection is Selection.STRATIFIED
    assert survey.design.fractions == {"1-9": 0.5, "10-49": 0.7, "50+": 1.0}
    assert survey.weighting.calibration is Calibration.RAKING
    assert survey.weighting.margins == (Margin(("sector",)), Margin(("size",)))
    assert (survey.weighting.lower, survey.weighting.upper) == (0.3, 3.0)


def test_the_answer_scope_has_a_variable_for_each_answer(edition: Edition) -> None:
    scope = answer_scope(edition.surveys[0].instrument)

    assert {name: variable.type for name, variable in scope.items()} == {
        "service": Type.CODE,
        "process": Type.CODE,
        "novelty": Type.CODE,
        "partners": Type.SET,
        "factors.employees": Type.CODE,
        "factors.management": Type.CODE,
        "factors.economy": Type.CODE,
        "shared": Type.CODE,
        "hours": Type.NUMBER,
        "hours.missing": Type.CODE,
        "hours_each": Type.NUMBER,
        "financing.own": Type.NUMBER,
        "financing.grants": Type.NUMBER,
        "financing.others": Type.NUMBER,
        "financing.missing": Type.CODE,
        "aims.quality": Type.NUMBER,
        "aims.efficiency": Type.NUMBER,
        "aims.staff": Type.NUMBER,
        "aims.other": Type.NUMBER,
        "in_use": Type.TEXT,
        "in_use.missing": Type.CODE,
        "called": Type.TEXT,
        "comment": Type.TEXT,
        "founded": Type.NUMBER,
        "founded.missing": Type.CODE,
        "people": Type.NUMBER,
        "contact": Type.CODE,
    }
    assert edition.surveys[0].instrument.question("factors").kind is QuestionKind.GRID


def test_a_union_is_the_disjunction_of_its_components(edition: Edition) -> None:
    union = edition.surveys[0].programme.indicator("COL_ANY").numerator

    assert union is not None
    assert union.names == ("COL_CITIZ", "COL_FIRM", "COL_PUBLIC")
    assert condition(union, {"COL_CITIZ": False, "COL_FIRM": True, "COL_PUBLIC": False})


def test_a_component_whose_id_is_no_name_brings_its_numerator() -> None:
    folder = starter()
    for file, old, new in (
        ("indicators.toml", b'id = "COL_FIRM"', b'id = "COL=firm"'),
        ("indicators.toml", b'"COL_CITIZ", "COL_FIRM", "COL_PUBLIC"', b'"COL_CITIZ", "COL=firm"'),
        ("outputs.toml", b'"COL_FIRM"', b'"COL=firm"'),
    ):
        folder[file] = folder[file].replace(old, new)

    union = read_edition(folder).surveys[0].programme.indicator("COL_ANY").numerator

    assert union is not None
    assert union.names == ("COL_CITIZ", "partners")


def test_tables_say_which_breakdowns_an_indicator_has(edition: Edition) -> None:
    by = edition.surveys[0].programme.by

    assert by["INC_ANY"] == ("sector", "size")
    assert by["SPR_ANY"] == ("sector", "size", "collaboration")


def test_a_theme_stands_for_its_indicators() -> None:
    by = changed("outputs.toml", ('indicators = ["*"] ', 'indicators = ["THEME:innovation"] ')).surveys[0].programme.by

    assert by["INC_ANY"] == ("sector", "size")
    assert by["COL_ANY"] == ()


def test_a_crossing_has_a_cell_for_every_pair() -> None:
    label = '{ en = "T", da = "T", nb = "T", sv = "T" }'
    edition = changed(
        "outputs.toml",
        ("[[theme]]", f'[[breakdown]]\nid = "both"\ncrossing = ["sector", "size"]\nlabel = {label}\n\n[[theme]]'),
    )

    cells = edition.surveys[0].programme.breakdown("both").categories

    assert len(cells) == 9
    assert (cells[0].code, cells[0].label["da"]) == ("municipality:1-9", "Kommune, 1-9")


def test_categories_of_a_column_may_be_put_in_another_order_with_other_labels() -> None:
    label = '{ en = "T", da = "T", nb = "T", sv = "T" }'
    codes = ", ".join(f'{{ code = "{code}", label = {label} }}' for code in ("50+", "10-49", "1-9"))
    edition = changed("outputs.toml", ('column = "size"', f'column = "size"\ncategories = [{codes}]'))

    categories = edition.surveys[0].programme.breakdown("size").categories

    assert [(category.code, category.label["en"]) for category in categories] == [
        ("50+", "T"),
        ("10-49", "T"),
        ("1-9", "T"),
    ]


def test_a_missing_simulation_is_a_warning_only() -> None:
    folder = starter()
    folder.pop("simulation.toml", None)

    found = check_edition(folder)

    assert [(problem.code, problem.severity) for problem in found] == [("E001", Severity.WARNING)]
    assert read_edition(folder).id == "example-2024"


def test_left_over_files_are_warnings() -> None:
    folder = {"simulation.toml": b"", **starter(), "weights.toml": b"", "questionnaires/old.yaml": b""}

    found = check_edition(folder)

    assert {problem.code for problem in found} == {"E017"}
    assert {problem.severity for problem in found} == {Severity.WARNING}


def test_all_problems_are_raised_at_once() -> None:
    folder = starter()
    folder["edition.toml"] = folder["edition.toml"].replace(b'"DK"', b'"dk"').replace(b"seed = 2", b'seed = ""  # ')

    with pytest.raises(BadInput) as caught:
        read_edition(folder)

    assert {problem.code for problem in caught.value.problems} >= {"E005", "E007"}


def test_published_figures_are_read_with_blanks_as_not_published(edition: Edition) -> None:
    rows = (
        "survey,indicator,breakdown,cell,value_pct,n,approximate,label,source,remark\n"
        "workplaces,INC_ANY,total,all,86,1255,,Innovative,Leaflet,\n"
        'workplaces,INC_ANY,sector,state,43.5,,"""two in five""",,,\n'
    )

    first, second = read_figures("figures.csv", rows.encode(), edition.surveys)

    assert (first.value_pct, first.n, first.approximate) == (86.0, 1255, "")
    assert (second.cell, second.n, second.approximate) == ("state", None, '"two in five"')
