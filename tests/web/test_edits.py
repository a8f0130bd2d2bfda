"""Corrections over answers, and the analyst's page."""

import io
import zipfile

import pytest
from desk import at_the_desk, member
from django.urls import reverse
from test_collect import FULL, handed_in

from barometer.problems import BadInput
from barometer.web.accounts.roles import ROLES, Permission
from barometer.web.audit.models import Event
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.actions.editing import add_edit, withdraw_edit
from barometer.web.fieldwork.models import Collection, Edit, Response, Submission
from barometer.web.fieldwork.queries.answers import case_id_of, collected
from barometer.web.fieldwork.queries.edits import edited_values, edits_of, response_of, suspicions

pytestmark = pytest.mark.django_db


@pytest.fixture
def response(every: Collection) -> Response:
    return handed_in(every.cases.get(), FULL)


def edit(response: Response, name: str, *written: str) -> Edit:
    return add_edit(response, name=name, written=written, reason="rang the respondent", by="ida@example.org")


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("hours", ["12,75"], None),
        ("hours", ["40,5"], 40.5),
        ("hours", ["-dont_know"], "-dont_know"),
        ("partners", ["companies, citizens"], ["companies", "citizens"]),
        ("goals", ["savings trust"], ["savings", "trust"]),
        ("factors.staff", ["helped"], "helped"),
        ("day", ["2022-02-03"], "2022-02-03"),
        ("partners.others.text", ["a neighbour"], "a neighbour"),
    ],
)
def test_a_correction_is_read_as_the_respondents_page_would(
    response: Response, name: str, written: list[str], value: object
) -> None:
    if value is None:  # too many decimals
        with pytest.raises(BadInput):
            edit(response, name, *written)
        return
    edit(response, name, *written)
    assert edited_values(Response.objects.get())[name] == value
    assert Submission.objects.get().values.get(name) == FULL.get(name)


def test_writing_nothing_deletes_the_answer(response: Response) -> None:
    edit(response, "comment")
    assert "comment" not in edited_values(response)


def test_a_correction_that_breaks_a_hard_check_is_refused(response: Response) -> None:
    edit(response, "factors.law", "helped")
    with pytest.raises(BadInput) as bad:
        edit(response, "hours")
    assert [problem.code for problem in bad.value.problems] == ["Q110"]
    assert Edit.objects.count() == 1


def test_unknown_names_answers_nobody_was_asked_and_missing_reasons_are_refused(response: Response) -> None:
    with pytest.raises(BadInput) as bad:
        edit(response, "hour", "1")
    assert bad.value.problems[0].code == "C065"
    with pytest.raises(NotAllowed):
        edit(response, "why_not", "too expensive")
    with pytest.raises(NotAllowed):
        add_edit(response, name="hours", written=["1"], reason=" ", by="ida@example.org")
    assert not Edit.objects.exists()


def test_a_correction_taken_back_leaves_its_row_and_a_line_in_the_log(every: Collection, response: Response) -> None:
    one = edit(response, "hours", "99")
    withdraw_edit(one, by="ida@example.org")
    withdraw_edit(one, by="ida@example.org")
    assert edited_values(response)["hours"] == 12.5
    assert [(case, found.pk) for case, found in edits_of(every)] == [(case_id_of(response.key), one.pk)]
    acts = list(Event.objects.order_by("id").values_list("act", flat=True))
    assert acts[-2:] == ["answer corrected", "correction withdrawn"]
    assert "99" not in str(Event.objects.latest("id").details)


def test_a_case_is_found_by_its_pseudonym(every: Collection, response: Response) -> None:
    assert response_of(every, case_id_of(response.key)) == response
    assert response_of(every, "0" * 16) is None


def test_checks_that_do_not_hold_are_listed_until_they_are_corrected(every: Collection) -> None:
    response = handed_in(every.cases.get(), {**FULL, "hours": 2000})
    (found,) = suspicions(every, language="nb")
    assert found.check == "many" and found.text == "That is many hours. på norsk"
    assert found.answers == (("hours", 2000),)
    edit(response, "hours", "20")
    assert suspicions(every, language="nb") == []
    assert collected(every).answers["hours"].to_list() == [20.0]


def test_the_page_of_answers_and_its_export_are_for_those_who_may_see_answers(every: Collection) -> None:
    handed_in(every.cases.get(), FULL)
    page, export = (reverse(f"fieldwork:{name}", args=[every.pk]) for name in ("answers", "export_answers"))
    for number, (role, held) in enumerate(ROLES.items()):
        client = at_the_desk(member(role, name=f"m{number}"))
        wanted = 200 if Permission.ANSWERS in held else 403
        given = {"formats": ["csv", "sav"], "language": "da", "layer": "edited"}
        assert client.get(page).status_code == wanted, role
        assert client.get(export).status_code == 405
        answer = client.post(export, given)
        assert answer.status_code == wanted and answer.getvalue(), role  # read to its end, which closes the file
    assert at_the_desk(member("", name="nobody")).get(page).status_code == 404


def test_the_download_is_a_zip_of_the_formats_asked_for(every: Collection) -> None:
    handed_in(every.cases.get(), FULL)
    client = at_the_desk(member("analyst"))
    export = reverse("fieldwork:export_answers", args=[every.pk])
    answer = client.post(export, {"formats": ["csv", "ddi"], "language": "sv", "layer": "collected"})
    names = zipfile.ZipFile(io.BytesIO(answer.getvalue())).namelist()
    assert names == ["answers.csv", "states.csv", "codebook.xml"]
    assert client.post(export, {"formats": ["word"], "language": "fi", "layer": "x"}).status_code == 400
