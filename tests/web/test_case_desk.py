"""What staff do about one case: outcomes, links, answers by phone and from paper; and lists of cases."""

import csv
import io

import openpyxl
import pytest
from desk import at_the_desk, member
from django.test import Client
from django.urls import reverse
from fielded import Respondent, every_kind, field_collection

from barometer.web.audit.models import Event
from barometer.web.fieldwork.actions.accesses import respondent_code, respondent_link
from barometer.web.fieldwork.actions.cases import NotAllowed, dispose_by_staff
from barometer.web.fieldwork.actions.entry import differences, end_second_entry, start_second_entry
from barometer.web.fieldwork.models import Case, Collection, Contact, Response, SecondEntry
from barometer.web.fieldwork.queries.cases import case_by_number
from barometer.web.fieldwork.queries.monitor import entry_modes
from barometer.web.fieldwork.spreadsheets import csv_lines, harmless, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db: None) -> Case:
    return field_collection(every_kind()).cases.get()


@pytest.fixture
def client() -> Client:
    return at_the_desk(member("contact_handler"))


def address(name: str, case: Case) -> str:
    return reverse(f"fieldwork:{name}", args=[case.number])


def test_a_refusal_by_phone_is_noted_with_who_heard_it(client: Client, case: Case) -> None:
    client.post(address("dispose", case), {"code": "refused", "note": "no time"})
    noted = case.dispositions.get()
    assert (noted.code, noted.by, noted.note) == ("refused", "ida@example.org", "no time")
    assert Event.objects.filter(act="disposition set", details={"code": "refused"}).exists()


def test_staff_cannot_note_what_only_respondents_do(case: Case) -> None:
    with pytest.raises(NotAllowed):
        dispose_by_staff(case, code="submitted", by="tests")


def test_link_and_code_are_shown_on_request_and_the_request_is_in_the_log(client: Client, case: Case) -> None:
    assert respondent_link(case) not in client.get(address("case", case)).content.decode()
    shown = client.post(address("show_link", case)).content.decode()
    assert respondent_link(case) in shown and respondent_code(case) in shown
    event = Event.objects.get(act="link shown")
    assert respondent_code(case) not in str(event.details)


def test_a_renewed_link_makes_the_old_one_worthless(client: Client, case: Case) -> None:
    old = f"/l/{respondent_link(case).rsplit('/', 1)[1]}"
    client.post(address("renew_link", case))
    assert Client().get(old).status_code in (404, 410)


@pytest.mark.parametrize("typed", ["{}", " {} ", "{upper}", "{split}"])
def test_a_case_is_found_however_its_number_is_typed(case: Case, typed: str) -> None:
    number = case.number
    text = typed.format(number, upper=number.upper(), split=f"{number[:3]}-{number[3:6]} {number[6:]}")
    assert case_by_number(text) == case


def test_search_leads_to_the_case(client: Client, case: Case) -> None:
    assert client.get("/staff/search/", {"q": case.number}).url == address("case", case)


def test_search_finds_nothing_the_person_may_not_see(case: Case) -> None:
    other = at_the_desk(member("manager", "another-edition", name="ole"))
    assert other.get("/staff/search/", {"q": case.number}).status_code == 404


def entered(client: Client, case: Case, address_of: str, **given: str) -> Respondent:
    typing = Respondent(case, client)
    return typing.post(address(address_of, case), given)


def test_staff_type_answers_into_the_respondents_own_pages(client: Client, case: Case) -> None:
    typing = entered(client, case, "enter", mode="phone", language="en")
    assert typing.page.startswith("p/")
    typing.answer(agree="yes")
    case.refresh_from_db()
    response = Response.objects.get(key=case.response_key)
    assert response.mode == "phone"
    assert {event.source for event in response.events.all()} == {"staff:ida@example.org"}


def test_answers_begun_on_the_web_stay_closed_to_who_sees_contacts(client: Client, case: Case) -> None:
    Respondent(case).start().answer(agree="yes")
    typing = entered(client, case, "enter", mode="phone", language="en")
    assert "begun on the web" in typing.text


def test_paper_is_typed_twice_and_compared_field_by_field(client: Client, case: Case) -> None:
    entered(client, case, "enter", mode="paper", language="en")
    case.refresh_from_db()
    entered(client, case, "enter_again")
    second = Response.objects.get(key=SecondEntry.objects.get().response_key)
    first = Response.objects.get(key=case.response_key)
    assert first.key != second.key and first.version_id == second.version_id
    Response.objects.filter(key=first.key).update(values={"hours": 5.0, "innovated": "yes"})
    Response.objects.filter(key=second.key).update(values={"hours": 6.0, "innovated": "yes", "year": 2020})
    assert [(one.name, one.first, one.second) for one in differences(case)] == [
        ("hours", 5.0, 6.0),
        ("year", None, 2020),
    ]
    assert "hours" in client.get(address("compare", case)).content.decode()


def test_the_second_typing_can_be_filled_in_and_is_no_answer_of_its_own(client: Client, case: Case) -> None:
    entered(client, case, "enter", mode="paper", language="en")
    typing = entered(client, case, "enter_again").answer(agree="yes")
    assert typing.status == 200
    case.refresh_from_db()
    second = Response.objects.get(mode="check")
    assert second.values and not Response.objects.get(key=case.response_key).values
    assert entry_modes(case.collection) == {"paper": 1}


def test_after_comparing_the_second_typing_is_gone_and_the_log_names_fields_only(client: Client, case: Case) -> None:
    entered(client, case, "enter", mode="paper", language="en")
    case.refresh_from_db()
    second = start_second_entry(case, by="ole@example.org")
    Response.objects.filter(key=second.key).update(values={"hours": 6.0})
    end_second_entry(case, by="ole@example.org")
    assert not Response.objects.filter(mode="check").exists()
    assert Event.objects.get(act="second entry compared").details == {"different": ["hours"]}


def test_only_paper_is_typed_twice(client: Client, case: Case) -> None:
    entered(client, case, "enter", mode="phone", language="en")
    case.refresh_from_db()
    with pytest.raises(NotAllowed):
        start_second_entry(case, by="tests")


def test_the_history_tells_everything_and_no_answer(client: Client, case: Case) -> None:
    Respondent(case).start().answer(agree="yes")
    client.post(address("dispose", case), {"code": "refused", "note": "by phone"})
    kinds = {(one.kind, one.what) for one, _ in client.get(address("case", case)).context["history"]}
    assert {("response", "web"), ("response", "saved"), ("disposition", "refused"), ("contact", "main")} <= kinds


@pytest.fixture
def listed(case: Case) -> Collection:
    Contact.objects.filter(case_reference=case.reference).update(name="=cmd()", email="kim@example.org")
    return case.collection


def exported(client: Client, collection: Collection, **given: str) -> list[list[str]]:
    content = client.post(f"/staff/collections/{collection.pk}/cases/export/", {"format": "csv", **given}).content
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_an_export_has_no_names_unless_they_are_asked_for(client: Client, listed: Collection) -> None:
    assert "email" not in exported(client, listed)[0]
    assert exported(client, listed, contacts="on")[1][7:9] == ["'=cmd()", "kim@example.org"]


def test_who_may_not_see_names_gets_none_by_asking(listed: Collection) -> None:
    assert "email" not in exported(at_the_desk(member("analyst", name="eva")), listed, contacts="on")[0]


def test_exports_are_in_the_log(client: Client, listed: Collection) -> None:
    exported(client, listed, contacts="on")
    assert Event.objects.get(act="case list exported").details == {"rows": 1, "contacts": True}


def test_an_export_follows_the_filters(client: Client, listed: Collection) -> None:
    assert len(exported(client, listed, outcome="submitted")) == 1
    assert len(exported(client, listed, outcome="invited")) == 2


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_of_an_export_is_a_formula(value: str) -> None:
    assert harmless(value) == f"'{value}"
    page = openpyxl.load_workbook(io.BytesIO(xlsx("s", ["a"], [[value]]))).active
    assert page["A2"].data_type == "s"


def test_numbers_of_an_export_stay_numbers() -> None:
    assert harmless(-1.5) == -1.5
    assert "".join(csv_lines(["a"], [[-1.5]])).splitlines()[1] == "-1.5"


def test_a_workbook_of_an_export_leaves_out_what_xml_cannot_hold() -> None:
    page = openpyxl.load_workbook(io.BytesIO(xlsx("s", ["a"], [["x\x00y"]]))).active
    assert page["A2"].value == "xy"
