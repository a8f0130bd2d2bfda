"""A collection from launch to close, and what its rules do to responses."""

from datetime import timedelta

import pytest
from desk import at_the_desk, member
from django.utils import timezone
from fielded import Respondent, add_case, every_kind, field_collection

from barometer.web.audit.models import Event
from barometer.web.fieldwork.actions.answering import submit
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.actions.collections import (
    close_collection,
    extend_collection,
    launch_collection,
    pause_collection,
    resume_collection,
)
from barometer.web.fieldwork.models import Case, Collection, Contact, Response, Submission
from barometer.web.fieldwork.states import COLLECTION

pytestmark = pytest.mark.django_db
BY = "ida@example.org"


def soon() -> timezone.datetime:
    return timezone.now() + timedelta(days=7)


def launch(collection: Collection) -> None:
    launch_collection(collection, closes_at=soon(), sender="S <s@example.org>", help_contact="1234", by=BY)


def test_every_state_of_a_collection_can_be_left() -> None:
    assert all(then for then in COLLECTION.values())
    assert {state for then in COLLECTION.values() for state in then} <= set(COLLECTION)


def test_a_launch_opens_a_draft_once(collection: Collection) -> None:
    launch(collection)
    assert collection.status == "open"
    with pytest.raises(NotAllowed):
        launch(collection)


def test_a_launch_into_the_past_is_refused(collection: Collection) -> None:
    past = timezone.now() - timedelta(days=1)
    with pytest.raises(NotAllowed, match="future"):
        launch_collection(collection, closes_at=past, sender="", help_contact="", by=BY)
    assert Collection.objects.get().status == "draft"


def test_a_pause_ends_with_resuming_only(collection: Collection) -> None:
    launch(collection)
    pause_collection(collection, by=BY)
    with pytest.raises(NotAllowed):
        pause_collection(collection, by=BY)
    resume_collection(collection, by=BY)
    with pytest.raises(NotAllowed):
        resume_collection(collection, by=BY)


def test_every_act_is_in_the_log(collection: Collection) -> None:
    launch(collection)
    pause_collection(collection, by=BY)
    resume_collection(collection, by=BY)
    extend_collection(collection, closes_at=soon(), by=BY)
    close_collection(collection, partial_share=0.5, by=BY)
    acts = list(Event.objects.filter(subject=f"collection {collection.pk}").values_list("act", flat=True))
    assert [act.removeprefix("collection ") for act in acts] == [
        "created", "launched", "paused", "resumed", "extended", "closed"
    ]  # fmt: skip


def started(answers: dict[str, object]) -> Response:
    """A response of an open collection with these answers."""
    collection = Collection.objects.first() or field_collection(every_kind(), cases=0)
    case = add_case(collection)
    Respondent(case).start()
    case.refresh_from_db()
    Response.objects.filter(key=case.response_key).update(values=answers, revision=1)
    Case.objects.filter(pk=case.pk).update(state="started")
    return Response.objects.get(key=case.response_key)


def test_a_close_keeps_what_reaches_the_rule_as_partial() -> None:
    response = started({"innovated": "no"})
    collection = Collection.objects.get()
    assert close_collection(collection, partial_share=0.01, by=BY) == {"partial": 1, "broke_off": 0}
    submission = Submission.objects.get(response=response)
    assert not submission.complete and submission.values == {"innovated": "no"}
    assert Case.objects.get(response_key=response.key).state == "partial"
    assert Collection.objects.get().partial_share == 0.01


def test_a_close_counts_what_does_not_reach_it_as_break_off() -> None:
    response = started({"innovated": "no"})
    assert close_collection(Collection.objects.get(), partial_share=1.0, by=BY) == {"partial": 0, "broke_off": 1}
    assert not Submission.objects.exists()
    case = Case.objects.get(response_key=response.key)
    assert (case.state, case.dispositions.last().code) == ("started", "broke_off")


def test_a_response_without_an_answer_is_no_partial_whatever_the_rule() -> None:
    started({})
    assert close_collection(Collection.objects.get(), partial_share=0.01, by=BY)["partial"] == 0


def test_a_partial_of_an_extended_collection_can_be_handed_in_whole() -> None:
    response = started({"innovated": "no"})
    collection = Collection.objects.get()
    close_collection(collection, partial_share=0.01, by=BY)
    extend_collection(collection, closes_at=soon(), by=BY)
    Response.objects.filter(key=response.key).update(values={"innovated": "no", "agree": "yes", "accept": "yes"})
    submission = submit(response.key, source="respondent", language="en")
    assert (submission.number, submission.complete) == (2, True)
    assert Case.objects.get(response_key=response.key).state == "submitted"


def test_the_page_shows_what_a_close_would_do_and_does_nothing_yet() -> None:
    started({"innovated": "no"})
    client, where = at_the_desk(member()), f"/staff/collections/{Collection.objects.get().pk}/manage/close/"
    assert "keeps 1 started" in client.post(where, {"partial_share": "1"}).content.decode()
    assert Collection.objects.get().status == "open"
    client.post(where, {"partial_share": "1", "sure": "1"})
    assert Collection.objects.get().status == "closed"


def test_launching_from_the_page_sets_the_last_minute_of_the_day(collection: Collection) -> None:
    day = (timezone.now() + timedelta(days=20)).date()
    given = {"closes_on": day.isoformat(), "sender": "S <s@example.org>", "help_contact": "1234"}
    at_the_desk(member("field_manager")).post(f"/staff/collections/{collection.pk}/manage/launch/", given)
    collection.refresh_from_db()
    assert collection.closes_at
    local = timezone.localtime(collection.closes_at)
    assert (local.date(), local.hour, local.minute) == (day, 23, 59)


def test_the_dry_run_tells_who_cannot_be_reached(collection: Collection) -> None:
    cases = collection.cases.order_by("number")[:3]
    for case, email in zip(cases, ("a@example.org", "b@example.org", ""), strict=True):
        Contact.objects.create(
            case_reference=case.reference, collection=collection.pk, email=email, language="da", source="register"
        )
    shown = at_the_desk(member()).get(f"/staff/collections/{collection.pk}/manage/").context["coverage"]
    all_cases = collection.cases.count()
    assert (shown.with_email, shown.without_email, shown.without_contact) == (2, 1, all_cases - 3)


def days_page(collection: Collection, name: str = "ida", **days: str) -> str:
    client = at_the_desk(member("field_manager", name=name))
    return str(client.post(f"/staff/collections/{collection.pk}/manage/deletion/", days, follow=True).text)


def test_days_of_deletion_are_set_on_the_page_and_told_to_respondents(collection: Collection) -> None:
    launch(collection)
    page = days_page(collection, contacts="2031-03-31", link="2031-06-30", paradata="2031-12-31", texts="2031-12-31")
    assert "The days are set." in page
    collection.refresh_from_db()
    assert [str(collection.contacts_until), str(collection.link_until)] == ["2031-03-31", "2031-06-30"]
    told = Respondent(add_case(collection)).get(Respondent(collection.cases.latest("pk")).link + "?lang=en").words
    assert "deleted after 31 March 2031" in told
    assert "withdraw your answers on your page until" in told and "until 30 June 2031 we can still" in told


def test_nothing_that_fieldwork_needs_is_deleted_before_its_end(collection: Collection) -> None:
    launch(collection)
    today = str(timezone.localdate())
    assert "While people can answer" in days_page(collection, contacts=today, link=today, paradata=today, texts=today)
    assert Collection.objects.get().contacts_until is None


def test_a_later_day_than_respondents_were_told_is_remarked_on(collection: Collection) -> None:
    launch(collection)
    days_page(collection, contacts="2031-03-31", link="2031-06-30", paradata="2031-12-31", texts="2031-12-31")
    page = days_page(
        collection, "ole", contacts="2032-03-31", link="2031-06-30", paradata="2031-12-31", texts="2031-12-31"
    )
    assert "were told an earlier day" in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "the collection is not paused"),
        ("da", "indsamlingen er ikke på pause"),
        ("nb", "innsamlingen er ikke på pause"),
        ("sv", "insamlingen är inte pausad"),
    ],
)
def test_why_something_is_not_possible_is_told_in_the_readers_language(
    collection: Collection, language: str, words: str
) -> None:
    client = at_the_desk(member("field_manager"))
    client.post("/staff/account/language/", {"language": language})
    assert words in client.post(f"/staff/collections/{collection.pk}/manage/resume/", follow=True).text
