"""Answering through the real pages, without JavaScript."""

import gzip
import threading
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from fielded import Respondent, add_case, every_kind, field_collection, fields_in

from barometer.web.fieldwork.actions.accesses import respondent_token
from barometer.web.fieldwork.actions.answering import save_page, submit
from barometer.web.fieldwork.actions.cases import dispose
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.merging import apply
from barometer.web.fieldwork.models import AnswerEvent, Case, Collection, Response, Submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def kari(every: Collection) -> Respondent:
    return Respondent(every.cases.get())


def to_the_review(one: Respondent) -> Respondent:
    one.start()
    one.answer(innovated="no")
    if one.page == "p/start":  # a question more has come up
        one.answer()
    one.answer()
    assert one.page == "review", one.words
    return one


def handed_in(one: Respondent) -> Respondent:
    to_the_review(one)
    return one.post(one.url, {})


def test_a_questionnaire_can_be_answered_from_link_to_receipt(kari: Respondent) -> None:
    kari.get(kari.url).start()
    assert kari.page == "p/start"
    kari.answer(innovated="yes")
    assert kari.page == "p/innovation"
    kari.answer(
        partners=["companies", "others"],
        partners__others__text="the neighbour",
        factors__law="hindered",
        factors__staff="helped",
        hours="12,5",
    )
    assert kari.page == "p/money", kari.words
    kari.answer(money__own="60", money__state="40", goals__1="trust", goals__2="quality", day="31.3.2021", year="2021")
    assert kari.page == "p/end", kari.words
    kari.answer(comment="Fine")
    assert kari.page == "review", kari.words
    kari.post(kari.url, {})
    assert kari.page == "receipt", kari.words
    submission = Submission.objects.get()
    assert submission.receipt in kari.words
    assert submission.values == {
        "innovated": "yes",
        "partners": ["companies", "others"],
        "partners.others.text": "the neighbour",
        "factors.law": "hindered",
        "factors.staff": "helped",
        "hours": 12.5,
        "hours_a_head": 1.25,
        "money.own": 60,
        "money.state": 40,
        "goals": ["trust", "quality"],
        "day": "2021-03-31",
        "year": 2021,
        "employees_now": 10,
        "comment": "Fine",
    }
    assert [one.code for one in kari.case.dispositions.all()] == ["opened", "started", "submitted"]


def test_starting_twice_gives_the_same_response(kari: Respondent) -> None:
    first = kari.start().public_id
    assert Respondent(kari.case).start().public_id == first


def test_what_cannot_be_read_is_kept_shown_and_told(kari: Respondent) -> None:
    kari.start().answer(innovated="yes")
    kari.answer(hours="tolv")
    assert kari.page == "p/innovation"
    assert "“tolv” is not a number" in kari.words
    assert fields_in(kari.text)["hours"] == ["tolv"]
    assert "<title>Error:" in kari.text
    assert Response.objects.get().kept == {"hours": "tolv"}


def test_the_error_summary_comes_first_has_focus_and_links_to_the_field(kari: Respondent) -> None:
    kari.start().answer()
    assert kari.text.index("ds-error-summary") < kari.text.index("<h1")
    assert 'href="#f:innovated:yes"' in kari.text and 'id="f:innovated:yes"' in kari.text
    assert "autofocus" in kari.text.partition("ds-error-summary")[2].partition(">")[0]


def test_the_error_summary_names_the_question(kari: Respondent) -> None:
    kari.start().answer()
    question = instrument_of(Response.objects.get().version_id).question("innovated")
    summary = kari.text.partition('id="summary"')[2].partition("</ul>")[0]
    assert escape(question.text["en"]) in summary


def test_a_soft_check_needs_one_confirmation_only(kari: Respondent) -> None:
    kari.start().answer(innovated="yes")
    kari.answer(factors__law="hindered", factors__staff="helped", hours="1200")
    assert "That is many hours." in kari.words and kari.page == "p/innovation"
    kari.answer("confirm")
    assert kari.page == "p/money"
    kari.answer("previous").answer()
    assert kari.page == "p/money"


def test_a_hard_check_of_two_answers_keeps_one_on_the_page(kari: Respondent) -> None:
    kari.start().answer(innovated="yes")
    kari.answer("confirm", factors__law="helped", factors__staff="helped")
    assert kari.page == "p/innovation" and "Tell the hours, too." in kari.words


def test_a_question_that_comes_up_on_the_same_page_is_asked_before_going_on(kari: Respondent) -> None:
    kari.start().answer(innovated="no")
    assert kari.page == "p/start" and "About why_not?" in kari.words and "opened more questions" in kari.words
    assert kari.answer(why_not="No time").page == "p/end"


def test_changing_the_language_keeps_what_was_typed(kari: Respondent) -> None:
    kari.start().answer(innovated="yes")
    kari.answer("language:nb", hours="tolv", partners=["citizens"])
    assert kari.page == "p/innovation" and "About hours? på norsk" in kari.words
    fields = fields_in(kari.text)
    assert (fields["hours"], fields["partners"]) == (["tolv"], ["citizens"])
    assert Response.objects.get().language == "nb"


def test_leaving_comes_back_to_the_same_page_on_another_device(kari: Respondent) -> None:
    kari.start().answer(innovated="yes")
    kari.answer("leave", hours="7")
    assert kari.page == "left"
    other = Respondent(kari.case).start()
    assert other.page == "p/innovation" and fields_in(other.text)["hours"] == ["7"]


def test_an_address_off_the_path_leads_to_the_first_open_page(kari: Respondent) -> None:
    kari.start()
    kari.get(f"/r/{kari.public_id}/p/innovation")
    assert kari.page == "p/start"


def test_answers_off_the_path_stay_stored_but_are_not_handed_in(kari: Respondent) -> None:
    kari.start().answer(innovated="yes")
    kari.answer("confirm", hours="7")
    kari.answer()
    kari.get(f"/r/{kari.public_id}/p/start?back=review")
    kari.answer(innovated="no")
    kari.answer()
    kari.answer()
    assert kari.page == "review" and "About hours?" not in kari.words
    kari.post(kari.url, {})
    assert "hours" not in Submission.objects.get().values
    assert Response.objects.get().values["hours"] == 7


def test_a_change_from_the_overview_returns_to_it_by_way_of_pages_it_opened(kari: Respondent) -> None:
    to_the_review(kari)
    kari.get(f"/r/{kari.public_id}/p/start?back=review").answer(innovated="yes")
    assert kari.page == "p/innovation"
    kari.answer("confirm")
    kari.answer()
    assert kari.page == "review"


def test_the_overview_refuses_to_hand_in_with_an_open_error(kari: Respondent) -> None:
    kari.start()
    kari.get(f"/r/{kari.public_id}/review")
    kari.post(kari.url, {})
    assert kari.page == "review" and "Start: Choose an answer." in kari.words
    assert not Submission.objects.exists()


def test_handing_in_twice_gives_one_submission_and_the_same_receipt(kari: Respondent) -> None:
    to_the_review(kari)
    url = kari.url
    first = kari.post(url, {}).words
    assert kari.post(url, {}).words == first
    assert Submission.objects.count() == 1


def test_the_same_page_posted_twice_is_stored_once_and_leads_to_the_same_place(kari: Respondent) -> None:
    kari.start()
    url, form = kari.url, kari.form(innovated="yes")
    assert kari.post(url, form).page == "p/innovation"
    revision = Response.objects.get().revision
    assert kari.post(url, {**form, "innovated": "no"}).page == "p/innovation"
    assert Response.objects.get().revision == revision and Response.objects.get().values["innovated"] == "yes"


def test_a_stale_tab_overwrites_nothing_and_shows_both_answers(kari: Respondent) -> None:
    kari.start().answer(innovated="yes")
    other = Respondent(kari.case).start()
    kari.answer("leave", hours="7", partners=["citizens"])
    other.answer(hours="9")
    assert other.page == "p/innovation" and "Somebody else has changed this page meanwhile" in other.words
    assert "You had written: 9 hours" in other.words
    assert fields_in(other.text)["hours"] == ["7"]
    assert Response.objects.get().values["partners"] == ["citizens"]


def test_a_stale_tab_may_change_what_nobody_else_has_changed(kari: Respondent) -> None:
    kari.start().answer(innovated="yes")
    other = Respondent(kari.case).start()
    kari.answer("leave", hours="7")
    other.answer("leave", partners=["companies"])
    values = Response.objects.get().values
    assert (values["hours"], values["partners"]) == (7, ["companies"])


def test_the_current_answers_can_be_rebuilt_from_the_log(kari: Respondent) -> None:
    kari.start().answer(innovated="yes")
    kari.answer(hours="tolv", partners=["citizens"])
    kari.answer("confirm", hours="7", partners=[])
    response = Response.objects.get()
    values: dict[str, object] = {}
    kept: dict[str, object] = {}
    for event in response.events.all():
        values, kept = apply(values, event.changes), apply(kept, event.kept)
    assert (values, kept) == (response.values, response.kept)


def test_a_page_of_another_questionnaire_in_the_same_browser_is_refused(every: Collection) -> None:
    browser = Client()
    one = Respondent(every.cases.get(), browser).start()
    other = Respondent(add_case(every), browser).start()
    form = one.form(innovated="yes")
    other.post(other.url, form)
    assert other.status == 400 and "another questionnaire" in other.words
    assert not any(response.values for response in Response.objects.all())


def test_answers_can_be_changed_after_handing_in_and_are_handed_in_again(kari: Respondent) -> None:
    handed_in(kari)
    kari.post(f"/r/{kari.public_id}/take-up", {})
    assert kari.page == "review"
    kari.get(f"/r/{kari.public_id}/p/end?back=review").answer(comment="Later")
    kari.post(kari.url, {})
    assert [one.values.get("comment") for one in Submission.objects.order_by("number")] == [None, "Later"]


def test_answers_of_a_case_staff_had_given_up_can_still_be_handed_in(kari: Respondent) -> None:
    to_the_review(kari)
    dispose(Case.objects.get(), code="ineligible", by="ida@example.org")
    kari.post(kari.url, {})
    assert kari.page == "receipt" and Case.objects.get().state == "submitted"


def test_withdrawn_answers_stay_withdrawn(kari: Respondent) -> None:
    handed_in(kari)
    kari.post(f"/r/{kari.public_id}/take-back", {})
    assert "withdrawn" in kari.words
    kari.post(f"/r/{kari.public_id}/take-up", {})
    assert Response.objects.get().state == "withdrawn"
    assert Case.objects.get().state == "withdrawn"


def test_a_value_of_the_register_is_offered_as_the_answer(kari: Respondent) -> None:
    kari.start().answer(innovated="no")
    kari.answer()
    assert fields_in(kari.text)["employees_now"] == ["10"]


def test_a_form_holds_nothing_of_choices_that_were_not_shown(kari: Respondent) -> None:
    kari.start()
    form = {**kari.form(innovated="perhaps")}
    kari.post(kari.url, form)
    assert kari.page == "p/start" and "innovated" not in Response.objects.get().values


def test_a_page_costs_few_queries(kari: Respondent) -> None:
    kari.start().answer(innovated="yes")
    with CaptureQueriesContext(connection) as shown:
        kari.client.get(kari.url)
    with CaptureQueriesContext(connection) as saved:
        kari.client.post(kari.url, kari.form("confirm", hours="3"))
    assert len(shown) <= 6 and len(saved) <= 10, (len(shown), len(saved))


NAUGHTY = (
    "<script>alert(1)</script>",
    "' or 1=1 --",
    "{{ 7 * 7 }}",
    "=cmd|' /C calc'!A0",
    "\u202e evil",
    "🏳️‍🌈" * 20,
    "a\x00b",
    "%s%n",
)


@pytest.mark.parametrize("words", NAUGHTY, ids=ascii)
def test_any_text_is_stored_and_shown_as_text(kari: Respondent, words: str) -> None:
    to_the_review(kari)
    kari.get(f"/r/{kari.public_id}/p/end?back=review").answer(comment=words)
    stored = Response.objects.get().values["comment"]
    assert stored == words.replace("\x00", "").strip()
    assert kari.page == "review" and "<script>alert" not in kari.text
    assert " ".join(stored.split()) in kari.words


def test_a_page_of_ten_megabytes_is_refused(kari: Respondent) -> None:
    kari.start()
    assert kari.client.post(kari.url, {**kari.form(), "why_not": "x" * 10_000_000}).status_code in (400, 413)
    assert Response.objects.get().revision == 0


@pytest.mark.parametrize("field", ["once", "revision", "response"])
@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 400, "\x00"])
def test_a_forged_form_changes_nothing(kari: Respondent, field: str, value: str) -> None:
    kari.start()
    answer = kari.client.post(kari.url, {**kari.form(innovated="yes"), field: value})
    if (field, value) not in (("revision", "-1"), ("revision", "9" * 400)):
        assert answer.status_code == 400
        assert Response.objects.get().values == {}


@pytest.mark.parametrize("go", ["language:xx", "page:nowhere", "\x00", "next next", "page:" + "x" * 500])
def test_a_forged_direction_leads_to_a_page_that_exists(kari: Respondent, go: str) -> None:
    kari.start()
    assert kari.answer(go, innovated="yes").status == 200


def test_a_post_without_its_token_is_refused(kari: Respondent) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(kari.url, {"language": "en"}).status_code == 403
    assert Case.objects.get().response_key is None


def test_a_cookie_opens_its_own_response_only(kari: Respondent, every: Collection) -> None:
    kari.start()
    other = Respondent(add_case(every)).start()
    stolen = Client()
    stolen.cookies["answering"] = kari.client.cookies["answering"].value
    assert stolen.get(f"/r/{other.public_id}/p/start").status_code == 403


def test_no_cookie_no_page(kari: Respondent) -> None:
    kari.start()
    assert Client().get(kari.url).status_code == 403


@pytest.mark.parametrize(("status", "code", "words"), [("paused", 503, "paused"), ("closed", 410, "closed")])
def test_a_collection_that_takes_no_answers_says_so(kari: Respondent, status: str, code: int, words: str) -> None:
    kari.start()
    Collection.objects.update(status=status)
    assert kari.answer(innovated="yes").status == code
    assert words in kari.words and "was not saved" in kari.words
    assert Response.objects.get().values == {}
    kari.get(kari.link + "?lang=en")
    assert kari.status == 200 and words in kari.words


def test_the_receipt_can_be_read_after_the_close(kari: Respondent) -> None:
    handed_in(kari)
    Collection.objects.update(status="closed")
    kari.get(kari.url)
    assert kari.status == 200 and "Receipt number" in kari.words and "Withdraw" not in kari.words


@pytest.mark.django_db(transaction=True)
def test_a_hundred_identical_posts_at_once_are_one_answer_and_one_submission() -> None:
    case = field_collection(every_kind()).cases.get()
    one = Respondent(case).start()
    key, once = Response.objects.get().key, uuid4()
    posted = {name: [str(value) for value in values] for name, values in fields_in(one.text).items()}
    led: list[str] = []

    def post() -> None:
        try:
            saved = save_page(
                key,
                page="start",
                posted={**posted, "innovated": ["yes"]},
                once=once,
                revision=0,
                language="en",
                source="respondent",
            )
            led.append(saved.then)
        finally:
            connections.close_all()

    _at_once(post, 100)
    assert set(led) == {"p/innovation"} and len(led) == 100
    assert AnswerEvent.objects.count() == 1

    def hand_in() -> None:
        try:
            led.append(submit(key, source="respondent", language="en").receipt)
        finally:
            connections.close_all()

    led.clear()
    _at_once(hand_in, 100)
    assert len(led) == 100 and len(set(led)) == 1 and Submission.objects.count() == 1


def _at_once(act, times: int) -> None:  # type: ignore[no-untyped-def]
    """Twenty at a time: the server has room for a hundred connections, other tests' among them."""
    room = threading.Semaphore(20)

    def guarded() -> None:
        with room:
            act()

    threads = [threading.Thread(target=guarded) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_pages_are_compressed_for_browsers_that_take_it_and_no_two_alike(every: Collection) -> None:
    address = f"/l/{respondent_token(every.cases.get())}"
    pages = [Client(headers={"Accept-Encoding": "gzip"}).get(address) for _ in range(8)]
    assert {page.headers["Content-Encoding"] for page in pages} == {"gzip"}
    assert len({len(page.content) for page in pages}) > 1  # random padding
    assert gzip.decompress(pages[0].content).startswith(b"<!doctype html>")
    assert "Content-Encoding" not in Client().get(address).headers


def test_a_page_asks_the_database_who_is_there_and_what_is_stored_and_no_more(kari: Respondent) -> None:
    kari.start()
    with CaptureQueriesContext(connection) as asked:
        kari.get(kari.url)
    assert len(asked) == 2


def test_the_landing_page_asks_for_the_access_the_contact_and_the_version(kari: Respondent) -> None:
    kari.get(kari.link)
    with CaptureQueriesContext(connection) as asked:
        kari.get(kari.link)
    assert len(asked) == 3
