"""From submissions to the frozen table of answers, and on to the pipeline."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.utils import timezone
from fielded import add_case, ask, every_kind, published, say

from barometer import files, pipeline
from barometer.cli._collect import freeze_collected
from barometer.edition import canonical_json, starter
from barometer.model import Page, QuestionKind
from barometer.pipeline import Desk
from barometer.problems import BadInput
from barometer.questionnaire import path, values_of
from barometer.simulation import simulate_answers
from barometer.web.fieldwork.actions.answering import freeze
from barometer.web.fieldwork.actions.collections import create_collection
from barometer.web.fieldwork.actions.open_answers import take_in
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.models import Case, Collection, Edit, InstrumentVersion, OpenAnswer, Response, Submission
from barometer.web.fieldwork.queries.answers import case_id_of, collected, for_estimation

pytestmark = pytest.mark.django_db

FULL = {
    "agree": "yes",
    "innovated": "yes",
    "partners": ["companies", "others"],
    "partners.others.text": "the neighbour",
    "factors.law": "hindered",
    "hours": 12.5,
    "money.own": 60,
    "money.state": 40,
    "goals": ["trust", "quality"],
    "day": "2021-03-31",
    "year": 2021,
    "comment": "Fine",
}


def handed_in(case: Case, values: dict[str, object], *, complete: bool = True, version: int = 0) -> Response:
    """A response with these answers and its submission, as the pages leave them."""
    versions = InstrumentVersion.objects.filter(collection=case.collection)
    pinned = versions.get(number=version) if version else versions.latest("number")
    response = Response.objects.create(
        public_id=str(case.number),
        collection=case.collection_id,
        version=pinned,
        register={"sector": case.register["sector"], "employees": case.register["employees"]},
        values=values,
        language="en",
        state="submitted" if complete else "started",
        submitted_at=timezone.now() if complete else None,
    )
    case.response_key, case.state = response.key, "submitted" if complete else "partial"
    case.save()
    route = path(instrument_of(pinned.pk), {**response.register, **values})
    freeze(response, route, language="en", complete=complete)
    return response


def clear_all(collection: Collection) -> None:
    """Somebody has read every open answer and found no names."""
    take_in(collection, by="ida@example.org")
    OpenAnswer.objects.filter(collection=collection.pk).update(cleared_at=timezone.now())


def test_a_second_typing_of_the_same_paper_is_not_counted(every: Collection) -> None:
    case = every.cases.get()
    again = handed_in(case, FULL)
    again.mode = Response.CHECK
    again.save()
    first = handed_in(add_case(every), FULL)
    assert collected(every).answers["case_id"].to_list() == [case_id_of(first.key)]


def one(collection: Collection, **options: object) -> tuple[dict[str, object], dict[str, object]]:
    """Answers and states of the only case."""
    found = collected(collection, **options)  # type: ignore[arg-type]
    return found.answers.row(0, named=True), found.states.row(0, named=True)


def test_a_submission_becomes_a_row_with_every_kind_of_answer(every: Collection) -> None:
    response = handed_in(every.cases.get(), FULL)
    clear_all(every)
    row, states = one(every)
    assert row["case_id"] == case_id_of(response.key)
    assert row["partners.companies"] is True and row["partners.citizens"] is False
    assert row["partners.others.text"] == "the neighbour"
    assert (row["goals.trust"], row["goals.quality"], row["goals.savings"]) == (1, 2, None)
    assert row["day"] == date(2021, 3, 31)
    assert row["hours_a_head"] == 1.25
    assert states["factors.law"] == "answered" and states["factors.staff"] == "no_answer"
    assert states["why_not"] == "off_path"


def test_answers_off_the_path_are_left_out_and_say_so(every: Collection) -> None:
    handed_in(every.cases.get(), {**FULL, "innovated": "no"})
    clear_all(every)
    row, states = one(every)
    assert row["hours"] is None and states["hours"] == "off_path"
    assert row["comment"] == "Fine"


def test_missing_answers_keep_their_reason(every: Collection) -> None:
    handed_in(every.cases.get(), {**FULL, "hours": "-refused"})
    row, states = one(every)
    assert row["hours"] is None and row["hours.missing"] == "refused"
    assert states["hours"] == "refused"
    Response.objects.all().delete()
    handed_in(every.cases.get(), {"innovated": "dont_know"})
    row, states = one(every)
    assert row["innovated"] == "dont_know" and states["innovated"] == "dont_know"


def test_a_partial_tells_what_was_not_reached_and_can_be_left_out(every: Collection) -> None:
    handed_in(every.cases.get(), {"innovated": "yes", "partners": ["citizens"]}, complete=False)
    _, states = one(every)
    assert states["agree"] == "no_answer"
    assert states["partners.citizens"] == "answered"
    assert states["year"] == "not_reached" and states["comment"] == "not_reached"
    assert collected(every, partials=False).answers.height == 0


def test_a_withdrawn_response_is_left_out(every: Collection) -> None:
    response = handed_in(every.cases.get(), FULL)
    Response.objects.filter(key=response.key).update(state="withdrawn")
    assert collected(every).answers.height == 0


def test_what_was_handed_in_stands_until_the_next_is_handed_in(every: Collection) -> None:
    response = handed_in(every.cases.get(), FULL)
    response.values = {"innovated": "no"}
    route = path(instrument_of(response.version_id), response.values)
    freeze(response, route, language="en", complete=False)
    assert one(every)[0]["innovated"] == "yes"
    freeze(response, route, language="en")
    assert one(every)[0]["innovated"] == "no"


def test_edits_lie_over_untouched_answers(every: Collection) -> None:
    response = handed_in(every.cases.get(), FULL)
    more = {"response": response, "reason": "typing slip", "by": "ida@example.org"}
    Edit.objects.create(name="hours", value=125, **more)
    Edit.objects.create(name="comment", value=None, **more)
    Edit.objects.create(name="year", value=1999, withdrawn_at=timezone.now(), **more)
    row, states = one(every)
    assert row["hours"] == 125 and row["hours_a_head"] == 12.5 and row["year"] == 2021
    assert row["comment"] is None and states["comment"] == "deleted"
    row, states = one(every, layer="collected")
    assert row["hours"] == 12.5 and states["comment"] == "held_back"
    assert Submission.objects.get().values["hours"] == 12.5


def test_an_edit_that_breaks_a_hard_rule_is_refused_when_collecting(every: Collection) -> None:
    response = handed_in(every.cases.get(), FULL)
    Edit.objects.create(response=response, name="innovated", value="maybe", reason="?", by="ida@example.org")
    with pytest.raises(BadInput) as bad:
        for_estimation(collected(every), every_kind())
    assert "A007" in {problem.code for problem in bad.value.problems}


def test_versions_are_put_together_by_the_names_of_answers(every: Collection) -> None:
    instrument = every_kind()
    pages = (*instrument.pages[:-1], Page("end", say("The end"), (ask("new", QuestionKind.TEXT),), section="last"))
    second = published(replace(instrument, version="2", pages=pages))
    handed_in(every.cases.get(), FULL)
    InstrumentVersion.objects.create(
        collection=every,
        number=2,
        digest=second.digest,
        content=canonical_json(second).decode(),
        register=every.versions.get().register,
        published_by="ida@example.org",
    )
    handed_in(add_case(every), {"innovated": "no", "new": "hello"})
    clear_all(every)
    found = collected(every)
    by_version = {row["version"]: row["case_id"] for row in found.cases.iter_rows(named=True)}
    states = found.states.rows_by_key("case_id", named=True, unique=True)
    assert states[by_version[1]]["new"] == "not_in_version" and states[by_version[1]]["comment"] == "answered"
    assert states[by_version[2]]["comment"] == "not_in_version" and states[by_version[2]]["new"] == "answered"
    table, warnings = for_estimation(found, second)
    assert "comment" not in table.columns and table.height == 2
    assert [(one.code, one.place.column) for one in warnings] == [("C062", "comment")]
    with pytest.raises(BadInput) as bad:
        for_estimation(found, instrument)
    assert next(problem.code for problem in bad.value.problems) == "C061"


def test_answers_whose_link_was_cut_cannot_be_weighed(every: Collection) -> None:
    handed_in(every.cases.get(), FULL)
    every.cases.update(response_key=None)
    with pytest.raises(BadInput) as bad:
        for_estimation(collected(every), every_kind())
    assert [problem.code for problem in bad.value.problems] == ["C060"]


def desk_of(tmp_path: Path) -> Desk:
    folder = starter(approvals=0)
    folder["edition.toml"] = folder["edition.toml"].replace(b'kind = "simulated"', b'kind = "collected"')
    del folder["simulation.toml"]
    return Desk(folder, files.Build(tmp_path / "build"), files.Releases(tmp_path / "releases"))


@pytest.fixture
def desk(tmp_path: Path, db: None) -> Desk:
    """The starter edition, its sample fielded, and simulated leaders who have handed in."""
    desk = desk_of(tmp_path)
    survey = desk.edition.surveys[0]
    pipeline.sample(desk)
    drawn = pipeline.drawn_samples(desk)[survey.id]
    create_collection(desk.edition, survey, drawn, folder="starter", by="ida@example.org")
    table = simulate_answers(survey, drawn, starter()["simulation.toml"], b"", desk.rng("answers"))
    cases = {case.unit_id: case for case in Case.objects.all()}
    for row in table.iter_rows(named=True):
        fill(cases[row["unit_id"]], values_of(survey.instrument, row))
    return desk


def fill(case: Case, values: dict[str, object]) -> Response:
    version = case.collection.versions.latest("number")
    response = Response.objects.create(
        public_id=case.number,
        collection=case.collection_id,
        version=version,
        register={name: case.register[name] for name in version.register},
        values=values,
        language="en",
        state="submitted",
    )
    case.response_key, case.state = response.key, "submitted"
    case.save()
    freeze(response, path(instrument_of(version.pk), {**response.register, **values}), language="en")
    return response


def test_the_pipeline_runs_from_collected_answers_to_the_release(desk: Desk) -> None:
    freeze_collected(desk, layer="edited", partials=True)
    for step in pipeline.STEPS[1:]:
        assert pipeline.stale(desk, step)
        pipeline.ACTIONS[step](desk)
        assert not pipeline.stale(desk, step)
    stored = pl.read_parquet(io.BytesIO(desk.build.read("answers", "")["workplaces.parquet"]))
    assert stored.height == Submission.objects.count()
    assert desk.releases.numbers() == (1,)


def test_answers_must_be_collected_before_the_pipeline_takes_them(desk: Desk) -> None:
    with pytest.raises(BadInput) as bad:
        pipeline.answers(desk)
    assert bad.value.problems[0].code == "B005" and "collect" in bad.value.problems[0].way_out


def test_collecting_again_says_what_changed_and_makes_the_answers_stale(desk: Desk) -> None:
    collection = Collection.objects.get()
    assert freeze_collected(desk, layer="edited", partials=True).line.startswith("freeze 1:")
    pipeline.answers(desk)
    assert "nothing has changed" in freeze_collected(desk, layer="edited", partials=True).line
    assert not pipeline.stale(desk, "answers")
    first, second = Response.objects.filter(collection=collection.pk)[:2]
    name, value = next((one, two) for one, two in first.values.items() if isinstance(two, str))
    Edit.objects.create(response=first, name=name, value=None, reason="slip", by="ida@example.org")
    Response.objects.filter(key=second.key).update(state="withdrawn")
    told = freeze_collected(desk, layer="edited", partials=True)
    assert told.line.startswith("freeze 2:") and "1 changed" in told.line and "1 gone" in told.line, value
    assert pipeline.stale(desk, "answers")


def test_a_frozen_table_has_neither_case_number_nor_response_key(desk: Desk) -> None:
    freeze_collected(desk, layer="edited", partials=True)
    kept = b"".join(desk.build.read("collect", "").values())
    response, case = Response.objects.first(), Case.objects.exclude(response_key=None).first()
    assert response and case
    assert str(response.key).encode() not in kept and response.public_id.encode() not in kept
    assert case.number.encode() not in kept
