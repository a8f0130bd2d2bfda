"""Made-up answers of the starter edition: exact numbers, the path of the questionnaire, figures met."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from barometer.edition import read_edition, starter
from barometer.estimation import estimate
from barometer.expressions import Type, Variable, parse_condition
from barometer.model import Check, Level, Survey
from barometer.problems import BadInput, Place
from barometer.questionnaire import answer_columns, check_answers
from barometer.sampling import draw_sample
from barometer.simulation import simulate_answers
from barometer.tables import Sample
from barometer.weighting import weigh

HEADER = "survey,indicator,breakdown,cell,value_pct,n,approximate,label,source,remark\n"
FIGURES = (
    HEADER + "workplaces,INC_ANY,total,all,75,110,,,,\n"
    "workplaces,COL_ANY,total,all,81,83,,,,\n"
    "workplaces,COL_FIRM,total,all,35,,,,,\n"
    "workplaces,COL_FIRM,sector,municipality,33,,,,,\n"
    "workplaces,NOV_REUSE,collaboration,with,71,,,,,\n"
    "workplaces,SPR_ANY,total,all,57,,,,,\n"
    "workplaces,INC_SERV,total,all,5,,in words: hardly anybody,,,\n"
)
FEW = (
    "[workplaces.response]\nrespondents = 80\nexactly.sector = { state = 25 }\n"
    "[workplaces.adjustment]\ncandidates = 12\n"
)


@pytest.fixture(scope="module")
def survey() -> Survey:
    return read_edition(starter()).surveys[0]


@pytest.fixture(scope="module")
def sample(survey: Survey) -> Sample:
    return draw_sample(survey, np.random.default_rng(1))


def simulated(
    survey: Survey, sample: Sample, specification: str = FEW, figures: str = "", seed: int = 2
) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return simulate_answers(survey, sample, specification.encode(), figures.encode(), rng)


def problems(survey: Survey, sample: Sample, specification: str = FEW, figures: str = "") -> tuple[list[str], str]:
    with pytest.raises(BadInput) as error:
        simulated(survey, sample, specification, figures)
    return sorted({problem.code for problem in error.value.problems}), str(error.value)


def test_answers_fit_the_questionnaire(survey: Survey, sample: Sample) -> None:
    answers = simulated(survey, sample)
    assert check_answers(survey.instrument, sample.units, answers) == ()
    assert dict(answers.schema) == {
        "case_id": pl.String(),
        "unit_id": pl.String(),
        **answer_columns(survey.instrument),
    }


def test_exactly_so_many_respond(survey: Survey, sample: Sample) -> None:
    answers = simulated(survey, sample)
    units = sample.units.filter(pl.col("unit_id").is_in(answers["unit_id"].implode()))
    assert (units.height, (units["sector"] == "state").sum()) == (80, 25)
    assert answers["case_id"].n_unique() == 80


def test_rates_make_some_respond_less(survey: Survey, sample: Sample) -> None:
    unwilling = "[workplaces.response]\nrespondents = 60\nrates.size = { '50+' = 0.01 }\n"
    answers = simulated(survey, sample, unwilling)
    sizes = sample.units.filter(pl.col("unit_id").is_in(answers["unit_id"].implode()))["size"]
    assert (sizes == "50+").mean() < 0.5 * (sample.units["size"] == "50+").mean()


def test_without_a_specification_answers_are_plausible(survey: Survey, sample: Sample) -> None:
    answers = simulated(survey, sample, "")
    assert answers.height == round(0.6 * sample.units.height)
    assert 0.3 < (answers["service"] == "yes").mean() < 0.7
    assert check_answers(survey.instrument, sample.units, answers) == ()


def test_same_seed_same_table_another_seed_another(survey: Survey, sample: Sample) -> None:
    assert simulated(survey, sample).equals(simulated(survey, sample))
    assert not simulated(survey, sample).equals(simulated(survey, sample, seed=3))


def test_only_innovators_are_asked_about_their_innovation(survey: Survey, sample: Sample) -> None:
    answers = simulated(survey, sample)
    innovated = (pl.col("service") == "yes") | (pl.col("process") == "yes")
    assert answers.filter(~innovated)["partners.companies"].null_count() == answers.filter(~innovated).height > 0
    assert answers.filter(innovated)["partners.companies"].null_count() == 0


def test_estimates_print_the_figures(survey: Survey, sample: Sample) -> None:
    answers = simulated(survey, sample, FEW.replace("= 80", "= 110"), FIGURES)
    cells = estimate(survey, sample, answers, weigh(survey, sample, answers)).cells
    found = {row["indicator"] + row["cell"]: row for row in cells.iter_rows(named=True)}
    printed = {"INC_ANYall": 75, "COL_ANYall": 81, "COL_FIRMall": 35, "COL_FIRMmunicipality": 33, "NOV_REUSEwith": 71}
    assert {cell: round(100 * found[cell]["value"]) for cell in printed} == printed
    assert (found["INC_ANYall"]["n"], found["COL_ANYall"]["n"]) == (110, 83)
    assert check_answers(survey.instrument, sample.units, answers) == ()


def test_a_mean_can_be_a_figure(survey: Survey, sample: Sample) -> None:
    answers = simulated(survey, sample, figures=HEADER + "workplaces,HOURS,total,all,171.5,,,,,\n")
    cells = estimate(survey, sample, answers, weigh(survey, sample, answers)).cells
    mean = cells.filter((pl.col("indicator") == "HOURS") & (pl.col("breakdown") == "total"))["value"][0]
    assert mean == pytest.approx(171.5, abs=0.05)


def test_figures_that_cannot_be_met_are_named(survey: Survey, sample: Sample) -> None:
    impossible = HEADER + "workplaces,COL_FIRM,total,all,40,,,,,\nworkplaces,COL_ANY,total,all,30,,,,,\n"
    codes, message = problems(survey, sample, "[workplaces.response]\nrespondents = 12\n", impossible)
    assert codes == ["E060"]
    assert "COL_" in message


def test_lifts_tie_a_later_answer_to_an_earlier_one(survey: Survey, sample: Sample) -> None:
    tied = FEW + "[[workplaces.lift]]\nwhen = \"service == 'yes'\"\nquestion = 'process'\ncodes = { yes = -9 }\n"
    answers = simulated(survey, sample, tied)
    assert answers.filter(service="yes", process="yes").height == 0
    assert answers.filter(process="yes").height > 0


def test_texts_come_from_the_phrases(survey: Survey, sample: Sample) -> None:
    answers = simulated(survey, sample, FEW + "[workplaces.phrases]\nen = ['Fine.', 'Hard work.']\n")
    assert set(answers["comment"].unique()) == {"Fine.", "Hard work."}


def test_more_respondents_than_were_asked(survey: Survey, sample: Sample) -> None:
    assert problems(survey, sample, "[workplaces.response]\nrespondents = 5000\n")[0] == ["E061"]


def test_unknown_names_are_all_named(survey: Survey, sample: Sample) -> None:
    faulty = (
        "[workplaces.question.servise]\nshares = { yes = 1 }\n"
        "[workplaces.question.service]\nshares = { ye = 1 }\nby.sektor.state = { yes = 1 }\n"
        "[workplaces.response]\nrates.size = { '50-' = 1 }\n"
        "[[workplaces.lift]]\nwhen = \"proces == 'yes'\"\nquestion = 'shared'\ncodes = { yes = 1 }\n"
    )
    codes, message = problems(survey, sample, faulty)
    assert codes == ["E009", "X003"]
    for word in ("'servise'", "'ye'", "'sektor'", "'50-'", "proces"):
        assert word in message


def test_checks_that_nobody_can_pass(survey: Survey, sample: Sample) -> None:
    first = survey.instrument.questions[0]
    never = parse_condition(
        f"{first.id} == '{first.choices[0].code}' and not {first.id} == '{first.choices[0].code}'",
        {first.id: Variable(first.id, Type.CODE, tuple(choice.code for choice in first.choices))},
        Place(),
    )
    check = Check("never", never, Level.HARD, text={"en": "Nobody can meet this."})
    strict = replace(survey, instrument=replace(survey.instrument, checks=(check,)))
    assert problems(strict, sample)[0] == ["E062"]
