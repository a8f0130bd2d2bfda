"""What is deleted when, and everything about one case."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from fielded import add_case, every_kind, field_collection
from test_collect import FULL, handed_in

from barometer.cli._retention import find_case
from barometer.problems import BadInput
from barometer.web.audit.models import Event
from barometer.web.fieldwork.actions.accesses import respondent_link
from barometer.web.fieldwork.actions.mail import enqueue
from barometer.web.fieldwork.actions.open_answers import TakenIn, clear, hide, take_in
from barometer.web.fieldwork.actions.person import delete_person, export_person
from barometer.web.fieldwork.actions.retention import apply_retention, due, set_retention
from barometer.web.fieldwork.jobs import delete_what_is_due
from barometer.web.fieldwork.models import (
    Access,
    AnswerEvent,
    Case,
    Collection,
    Contact,
    Disposition,
    Edit,
    Message,
    OpenAnswer,
    OriginalText,
    Paradata,
    Response,
    Submission,
)
from barometer.web.fieldwork.queries.answers import collected
from barometer.web.fieldwork.redacting import digest_of

pytestmark = pytest.mark.django_db

TODAY = date(2027, 1, 31)
YESTERDAY = TODAY - timedelta(days=1)


def full_case(collection: Collection, email: str) -> Case:
    """A case with rows in every table."""
    case = add_case(collection, email)
    respondent_link(case)
    response = handed_in(case, FULL)
    Paradata.objects.create(response=response, kind="page", page="start")
    Edit.objects.create(response=response, name="hours", value=1, reason="slip", by="ida@example.org")
    AnswerEvent.objects.create(
        response=response, revision=1, once=response.key, page="start", changes={}, source="respondent", language="en"
    )
    contact = Contact.objects.get(case_reference=case.reference)
    message = enqueue(contact=contact, case_reference=case.reference, letter="receipt", once="receipt:1")
    assert message
    message.events.create(kind="sent")
    Disposition.objects.create(case=case, code="submitted", by="respondent", note="rang on Monday")
    return case


@pytest.fixture
def fielded(db: None) -> Collection:
    collection = field_collection(every_kind(), cases=0)
    full_case(collection, "kari@example.org")
    full_case(collection, "ola@example.org")
    return collection


def test_nothing_is_deleted_before_its_day_or_without_one(fielded: Collection) -> None:
    assert apply_retention(fielded, today=TODAY, by="worker") == []
    set_retention(fielded, days=dict.fromkeys(("contacts", "link", "paradata"), TODAY), by="ida@example.org")
    assert apply_retention(fielded, today=TODAY, by="worker") == []
    assert Contact.objects.count() == 2


def test_a_dry_run_counts_and_changes_nothing(fielded: Collection) -> None:
    set_retention(fielded, days={"contacts": YESTERDAY}, by="ida@example.org")
    parts = {part.store: part for part in due(fielded, today=TODAY)}
    assert parts["contacts"].due and parts["contacts"].counts == {"contacts": 2, "messages": 2, "uploads": 0}
    assert not parts["link"].due and parts["link"].until is None
    assert Contact.objects.count() == 2 and Message.objects.count() == 2


def test_contacts_go_with_their_mail_and_answers_stay_linked(fielded: Collection) -> None:
    set_retention(fielded, days={"contacts": YESTERDAY}, by="ida@example.org")
    apply_retention(fielded, today=TODAY, by="worker")
    assert not Contact.objects.exists() and not Message.objects.exists()
    assert collected(fielded).cases["unit_id"].null_count() == 0
    event = Event.objects.latest("id")
    assert event.act == "retention applied"
    assert event.details["deleted"]["contacts"] == {"until": "2027-01-30", "contacts": 2, "messages": 2, "uploads": 0}


def test_cutting_the_link_leaves_nothing_that_leads_from_case_to_answers(fielded: Collection) -> None:
    receipts = set(Submission.objects.values_list("receipt", flat=True))
    keys = {str(key) for key in Response.objects.values_list("key", flat=True)}
    set_retention(fielded, days={"link": YESTERDAY}, by="ida@example.org")
    apply_retention(fielded, today=TODAY, by="worker")
    assert not Access.objects.exists()
    assert not receipts & set(Submission.objects.values_list("receipt", flat=True))
    written = StringIO()
    call_command("dumpdata", "fieldwork.case", "fieldwork.disposition", "fieldwork.contact", "audit", stdout=written)
    assert not [key for key in keys if key in written.getvalue()]
    assert "rang on Monday" not in written.getvalue()
    assert {one.at.hour for one in Disposition.objects.all()} == {0}
    assert collected(fielded).answers.height == 2


def test_paradata_go_and_answers_stay(fielded: Collection) -> None:
    set_retention(fielded, days={"paradata": YESTERDAY}, by="ida@example.org")
    apply_retention(fielded, today=TODAY, by="worker")
    assert not Paradata.objects.exists() and Submission.objects.count() == 2


def test_a_second_run_finds_nothing_and_leaves_no_receipt(fielded: Collection) -> None:
    set_retention(fielded, days=dict.fromkeys(("contacts", "link", "paradata"), YESTERDAY), by="ida@example.org")
    assert len(apply_retention(fielded, today=TODAY, by="worker")) == 3
    count = Event.objects.count()
    assert apply_retention(fielded, today=TODAY, by="worker") == []
    assert Event.objects.count() == count


def test_the_worker_does_it_every_night_and_leaves_other_collections_alone(fielded: Collection) -> None:
    other = field_collection(every_kind())
    set_retention(fielded, days={"contacts": date(2020, 1, 1)}, by="ida@example.org")
    assert delete_what_is_due() == 1
    assert list(Contact.objects.values_list("collection", flat=True)) == [other.pk]


def test_an_export_of_a_person_has_rows_of_all_three_stores_and_of_nobody_else(fielded: Collection) -> None:
    kari, ola = fielded.cases.order_by("number")
    found = json.loads(json.dumps(export_person(kari, by="ida@example.org"), default=str))
    mail = Contact.objects.get(case_reference=kari.reference).email
    assert found["contacts"][0]["email"] == mail and found["contacts"][0]["messages"][0]["events"]
    assert found["link"]["case"]["unit_id"] == kari.unit_id and found["link"]["dispositions"]
    assert found["answers"][0]["submissions"][0]["values"]["comment"] == "Fine"
    assert found["answers"][0]["edits"] and found["answers"][0]["paradata"] and found["answers"][0]["events"]
    text = json.dumps(found)
    assert ola.number not in text and str(ola.response_key) not in text and "token_hash" not in text
    assert Event.objects.latest("id").act == "person exported"


def test_deleting_a_person_leaves_no_row_of_theirs_in_any_store(fielded: Collection) -> None:
    kari, ola = fielded.cases.order_by("number")
    key, mail = kari.response_key, Contact.objects.get(case_reference=kari.reference).email
    counts = delete_person(kari, by="ida@example.org")
    assert counts["contacts"] == counts["responses"] == counts["submissions"] == counts["messages"] == 1
    written = StringIO()
    call_command("dumpdata", "fieldwork", "audit", stdout=written)
    assert str(key) not in written.getvalue() and mail not in written.getvalue()
    assert collected(fielded).answers.height == 1
    kari.refresh_from_db()
    assert kari.state == "withdrawn" and kari.register == {}
    assert Contact.objects.filter(case_reference=ola.reference).exists()
    assert Event.objects.latest("id").details["deleted"] == counts


def test_somebody_who_never_answered_is_counted_as_refused_when_deleted(fielded: Collection) -> None:
    case = add_case(fielded)
    delete_person(case, by="ida@example.org")
    case.refresh_from_db()
    assert case.state == "refused"
    assert [one.code for one in case.dispositions.all()] == ["refused"]


def test_a_number_that_is_no_case_is_told(fielded: Collection) -> None:
    with pytest.raises(BadInput) as bad:
        find_case("nobody")
    assert bad.value.problems[0].code == "C064"
    case = fielded.cases.first()
    assert case and find_case(case.number) == case


STORES = {
    "contacts": {"Contact", "ContactUpload", "Message", "MessageEvent", "Rule"},
    "link": {"Case", "Access", "Disposition", "SecondEntry"},
    "answers": {"Response", "AnswerEvent", "Submission", "Edit", "Paradata"}
    | {"OpenAnswer", "OriginalText", "Scheme", "SchemeVersion", "Coding", "CodingDecision"},
    "shared": {"Collection", "InstrumentVersion", "VersionProposal"},
}


def test_no_foreign_key_leads_from_one_store_to_another() -> None:
    store = {model: name for name, models in STORES.items() for model in models}
    models = {model.__name__: model for model in apps.get_app_config("fieldwork").get_models()}
    assert store.keys() == models.keys()
    crossing = [
        f"{name}.{field.name}"
        for name, model in models.items()
        for field in model._meta.concrete_fields
        if field.related_model and store[field.related_model.__name__] not in (store[name], "shared")  # type: ignore[union-attr]
    ]
    assert crossing == []


def test_the_answer_store_dumps_without_anything_of_contacts_or_cases(fielded: Collection) -> None:
    written = StringIO()
    call_command("dumpdata", *(f"fieldwork.{name.lower()}" for name in STORES["answers"]), stdout=written)
    text = written.getvalue()
    for case in fielded.cases.all():
        assert case.number not in text.replace(f'"public_id": "{case.number}"', "")
        assert str(case.reference) not in text and f'"{case.unit_id}"' not in text
    assert "kari@example.org" not in text


def test_open_answers_remain_only_as_they_were_cleared(fielded: Collection) -> None:
    take_in(fielded, by="ida@example.org")
    kept, gone = OpenAnswer.objects.filter(name="comment").order_by("case_id")
    hide(kept, seen=digest_of(kept.text), places=[], typed="fine", kind="other", by="ida@example.org")
    kept.refresh_from_db()
    clear(kept, seen=digest_of(kept.text), by="ida@example.org")
    hide(gone, seen=digest_of(gone.text), places=[0], typed="", kind="name", by="ida@example.org")
    AnswerEvent.objects.update(changes={"comment": [None, "Fine"], "hours": [1, 2]}, kept={"year": [None, "Kari"]})
    Edit.objects.filter(response=gone.response).update(name="partners.others.text", value="Kari")
    before = collected(fielded)
    set_retention(fielded, days={"texts": YESTERDAY}, by="ida@example.org")
    (part,) = apply_retention(fielded, today=TODAY, by="worker")
    assert part.counts == {"originals": 2, "responses": 2}
    written = StringIO()
    call_command("dumpdata", "fieldwork", "audit", stdout=written)
    assert "Fine" not in written.getvalue() and "the neighbour" not in written.getvalue()
    assert not OriginalText.objects.exists() and '"Kari"' not in written.getvalue()
    assert AnswerEvent.objects.first().changes["hours"] == [1, 2]  # type: ignore[union-attr]
    after = collected(fielded)
    assert after.answers.equals(before.answers) and after.states.equals(before.states)
    assert after.answers["comment"].drop_nulls().to_list() == ["[other]"]
    assert apply_retention(fielded, today=TODAY, by="worker") == []
    assert take_in(fielded, by="ida@example.org") == TakenIn(0, 0, 0)
