"""Did this page help? What readers answer, what is kept of it, and who reads it."""

from datetime import date

import pytest
from desk import at_the_desk, member
from django.test import Client
from released_tables import LATER, Clock

from barometer.files import Releases
from barometer.web.audit.models import Event
from barometer.web.fieldwork import throttle
from barometer.web.statbank.feedback import KEPT, LONGEST, delete_old_feedback
from barometer.web.statbank.models import Feedback

pytestmark = pytest.mark.django_db
PAGE = "en/indicators/col_any.html"
HERE = f"/editions/starter/{PAGE}"
GIVE = "/en/feedback/"
ANSWER = {"edition": "starter", "release": "1", "page": PAGE, "helped": "no", "words": " More groups, please. "}


@pytest.fixture(autouse=True)
def _published(releases: Releases) -> None:
    """Every test has something published."""


def test_a_reader_answers_without_cookie_or_token_and_is_thanked() -> None:
    reader = Client(enforce_csrf_checks=True)
    asked = reader.get(HERE).content.decode()
    assert f'action="{GIVE}"' in asked and 'name="page" value="en/indicators/col_any.html"' in asked
    assert not reader.cookies and "mailto:" not in asked[asked.index('id="helpful"') : asked.index('class="cite"')]
    answer = reader.post(GIVE, ANSWER)
    assert answer.status_code == 302 and answer["Location"] == f"{HERE}?thanks#helpful"
    thanked = reader.get(f"{HERE}?thanks").content.decode()
    assert "Thank you" in thanked and GIVE not in thanked and not reader.cookies


def test_a_page_asks_the_same_under_its_folders_address() -> None:
    asked = Client().get("/editions/starter/en/").content.decode()
    assert f'action="{GIVE}"' in asked and 'name="page" value="en/index.html"' in asked
    assert asked == Client().get("/editions/starter/en/index.html").content.decode()


def test_page_release_and_day_are_kept_with_it_and_nothing_else() -> None:
    Client().post(GIVE, {**ANSWER, "words": "x" * 5000})
    one = Feedback.objects.values().get()
    day = date(2026, 6, 1)
    told = {"folder": "starter", "release": 1, "page": PAGE, "helped": False, "words": "x" * LONGEST}
    assert one == {"id": one["id"], **told, "day": day, "delete_on": day + KEPT}
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"helped": "perhaps"},
        {"page": "en/nowhere.html"},
        {"page": "../manifest.json"},
        {"page": "site.css"},
        {"edition": "other"},
        {"release": "2"},  # sealed until its minute
        {"release": "x"},
    ],
)
def test_what_is_about_no_page_that_has_appeared_is_refused(wrong: dict[str, str]) -> None:
    assert Client().post(GIVE, {**ANSWER, **wrong}).status_code == 404
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("header", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_what_another_site_makes_a_browser_post_is_refused(header: dict[str, str]) -> None:
    assert Client().post(GIVE, ANSWER, headers=header).status_code == 403
    assert Client().post(GIVE, ANSWER, headers={"Origin": "http://testserver"}).status_code == 302


def test_an_address_may_not_answer_on_and_on() -> None:
    reader = Client()
    codes = [reader.post(GIVE, ANSWER).status_code for _ in range(throttle.MOST_WRONG + 1)]
    assert set(codes[:-1]) == {302} and codes[-1] == 429
    assert reader.get(HERE).status_code == 200


def test_a_superseded_release_leads_back_to_its_own_page(clock: Clock) -> None:
    clock(LATER)
    assert Client().post(GIVE, ANSWER)["Location"] == f"/editions/starter/releases/1/{PAGE}?thanks#helpful"
    assert Client().post(GIVE, {**ANSWER, "release": "2"})["Location"] == f"{HERE}?thanks#helpful"


def test_the_survey_team_reads_it_in_its_own_editions_only() -> None:
    Client().post(GIVE, ANSWER)
    Client().post(GIVE, {**ANSWER, "helped": "yes", "words": "<b>Good</b>"})
    listed = at_the_desk(member("analyst", "starter")).get("/staff/feedback/").content.decode()
    assert "More groups, please." in listed and "&lt;b&gt;Good&lt;/b&gt;" in listed and PAGE in listed
    others = at_the_desk(member("analyst", "another", name="bo")).get("/staff/feedback/").content.decode()
    assert "More groups" not in others and PAGE not in others
    assert at_the_desk(member("", name="eva")).get("/staff/feedback/").status_code == 403
    assert Client().get("/staff/feedback/").status_code == 302
    assert "More groups" not in Client().get(HERE).content.decode()


def test_the_file_has_every_answer_and_the_log_tells_who_took_it() -> None:
    Client().post(GIVE, {**ANSWER, "words": "=1+1"})
    answer = at_the_desk(member("analyst")).post("/staff/feedback/feedback.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines == ["edition,release,page,day,helped,words", f"starter,1,{PAGE},2026-06-01,0,'=1+1"]
    event = Event.objects.get(act="export page feedback")
    assert event.by == "ida@example.org" and event.details == {"answers": 1}


def test_words_that_tell_who_somebody_is_can_be_deleted() -> None:
    Client().post(GIVE, ANSWER)
    where = f"/staff/feedback/{Feedback.objects.get().pk}/delete/"
    assert at_the_desk(member("analyst", name="bo")).post(where).status_code == 403
    assert at_the_desk(member("field_manager")).post(where).status_code == 302
    assert not Feedback.objects.exists()
    assert "More groups" not in str(Event.objects.get(act="delete page feedback").details)


def test_answers_are_deleted_when_their_day_has_come() -> None:
    Client().post(GIVE, ANSWER)
    last = date(2026, 6, 1) + KEPT
    assert delete_old_feedback(today=date.fromordinal(last.toordinal() - 1), by="worker") == 0
    assert delete_old_feedback(today=last, by="worker") == 1
    assert Event.objects.get(act="delete old page feedback").details == {"answers": 1}
