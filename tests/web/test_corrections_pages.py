"""The analyst's pages of corrections: what looks wrong, one case's answers, and one answer to correct."""

import pytest
from desk import at_the_desk, member
from django.test import Client
from django.urls import reverse
from fielded import every_kind
from test_collect import FULL, handed_in

from barometer.web.accounts.roles import ROLES, Permission
from barometer.web.fieldwork.models import Collection, Edit, Response
from barometer.web.fieldwork.queries.answers import case_id_of
from barometer.web.fieldwork.queries.edits import edited_values

pytestmark = pytest.mark.django_db


@pytest.fixture
def response(every: Collection) -> Response:
    return handed_in(every.cases.get(), {**FULL, "hours": 2000})


@pytest.fixture
def client(every: Collection) -> Client:
    return at_the_desk(member("analyst"))


def where(page: str, response: Response, *more: object) -> str:
    return reverse(f"fieldwork:{page}", args=[response.collection, *more])


def correct(client: Client, response: Response, name: str, **given: object) -> str:
    posted = {"reason": "rang the respondent", **given}
    page = where("correct", response, case_id_of(response.key), name)
    return str(client.post(page, posted, follow=True).text)


def test_what_a_check_finds_leads_to_its_answers(client: Client, response: Response) -> None:
    page = client.get(where("suspicious", response)).text
    assert "That is many hours." in page
    assert where("correct", response, case_id_of(response.key), "hours") in page
    assert "That is many hours." in client.get(where("case_answers", response, case_id_of(response.key))).text


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("hours", {"value": "40.5"}, 40.5),
        ("hours", {"value": "40", "missing": "-dont_know"}, "-dont_know"),
        ("hours", {"value": ""}, None),
        ("innovated", {"value": "dont_know"}, "dont_know"),
        ("partners", {"value": ["companies", "citizens"]}, ["companies", "citizens"]),
        ("partners.others.text", {"value": "a neighbour"}, "a neighbour"),
        ("goals", {"place1": "trust", "place2": "savings"}, ["trust", "savings"]),
        ("factors.staff", {"value": "helped"}, "helped"),
        ("day", {"value": "2022-02-03"}, "2022-02-03"),
        ("comment", {"value": "two\nlines"}, "two\nlines"),
    ],
)
def test_an_answer_is_corrected_in_fields_of_its_kind(
    client: Client, response: Response, name: str, given: dict[str, object], value: object
) -> None:
    assert "Corrected." in correct(client, response, name, **given)
    assert edited_values(Response.objects.get(key=response.key)).get(name) == value


@pytest.mark.parametrize("name", [name for question in every_kind().questions for name in question.names])
def test_every_answer_has_a_form_that_shows_it_and_posts_back_unchanged(
    client: Client, response: Response, name: str
) -> None:
    page = client.get(where("correct", response, case_id_of(response.key), name))
    assert page.status_code == 200
    form = page.context["form"]
    shown = {field.html_name: field.value() for field in form if field.value()}
    before = edited_values(response)
    if name not in before:
        return
    correct(client, response, name, **shown)
    assert edited_values(Response.objects.get(key=response.key)) == before


def test_what_cannot_be_is_told_in_words_and_keeps_what_was_typed(client: Client, response: Response) -> None:
    text = correct(client, response, "hours", value="many")
    assert "“many” is not a number." in text and 'value="many"' in text
    assert "not asked of the respondent" in correct(client, response, "why_not", value="too dear")
    assert "This field is required" in correct(client, response, "hours", value="1", reason="")
    assert not Edit.objects.exists()


def test_reasons_are_told_in_the_readers_language(client: Client, response: Response) -> None:
    client.post(reverse("accounts:language"), {"language": "nb"})
    assert "ble ikke spurt om dette" in correct(client, response, "why_not", value="for dyrt")


def test_a_correction_is_taken_back_on_the_page(client: Client, response: Response) -> None:
    correct(client, response, "hours", value="20")
    page = client.get(where("case_answers", response, case_id_of(response.key))).text
    assert "<del>2000 hours</del> <ins>20 hours</ins>" in page
    client.post(where("withdraw_edit", response, Edit.objects.get().pk))
    assert edited_values(Response.objects.get())["hours"] == 2000


def test_a_pseudonym_leads_to_its_case_and_an_unknown_one_nowhere(client: Client, response: Response) -> None:
    case_id = case_id_of(response.key)
    found = client.get(where("answer_case", response), {"case": f" {case_id.upper()} "})
    assert found.url == where("case_answers", response, case_id)
    assert "No case" in client.get(where("answer_case", response), {"case": "0" * 16}, follow=True).text
    assert client.get(where("case_answers", response, "0" * 16)).status_code == 404
    assert client.get(where("correct", response, case_id, "hour")).status_code == 404


def test_pages_of_corrections_are_for_those_who_may_see_answers(response: Response) -> None:
    case_id = case_id_of(response.key)
    pages = [
        where("suspicious", response),
        where("case_answers", response, case_id),
        where("correct", response, case_id, "hours"),
    ]
    for role, held in ROLES.items():
        client = at_the_desk(member(role, name=role))
        wanted = 200 if Permission.ANSWERS in held else 403
        assert [client.get(page).status_code for page in pages] == [wanted] * 3, role
        assert correctable(client, response) is (Permission.ANSWERS in held), role


def correctable(client: Client, response: Response) -> bool:
    before = Edit.objects.count()
    correct(client, response, "hours", value="20")
    return Edit.objects.count() == before + 1


def test_a_hundred_cases_are_looked_through_with_few_queries(
    every: Collection, response: Response, django_assert_max_num_queries: object
) -> None:
    from barometer.web.fieldwork.queries.edits import suspicions

    with django_assert_max_num_queries(4):  # type: ignore[operator]
        assert len(suspicions(every, language="en")) == 1
