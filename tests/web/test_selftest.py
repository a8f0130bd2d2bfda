"""The public self-test: the questions, what stands beside the answers, and that nothing is kept."""

import json
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.conf import LazySettings
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from selftested import ANSWERS, HERE, answer, content, release, take, text

from barometer.model import Choice, Instrument, Question, QuestionKind
from barometer.publication import PublishedTest, Stand, compared, pack, read_self_test, stands
from barometer.publication._carried import ROOM, longest
from barometer.web.fieldwork.merging import names_of
from barometer.web.statbank.selftest import COOKIE, LONGEST, Own, carried, carry
from barometer.web.statbank.selftest import test_of as known_test

pytestmark = pytest.mark.django_db
FACTS = {name: value for page in ANSWERS.values() for name, value in page.items()}


@pytest.fixture(autouse=True)
def released(tmp_path: Path) -> None:
    release(tmp_path)


@pytest.fixture
def client() -> Client:
    return Client()


def published() -> PublishedTest:
    return read_self_test(content()["site/self-test.json"])


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_test_asks_what_the_edition_names_and_nothing_in_own_words(client: Client) -> None:
    client.post(HERE)
    pages = [text(client, f"{HERE}p/incidence")]
    answer(client, "incidence", service="yes", process="no")
    pages += [text(client, f"{HERE}p/{page}") for page in ("latest", "latest_2")]
    asked = set(re.findall(r'name="([a-z]+)(?:\.[a-z]+)?"', "".join(pages)))
    assert asked - {"csrfmiddlewaretoken", "response", "once", "revision", "shown", "go", "viewport", "robots"} == {
        *("service", "process", "novelty", "partners", "factors", "shared")
    }
    assert "<textarea" not in "".join(pages)


def test_a_page_is_left_only_after_a_look_at_what_is_missing(client: Client) -> None:
    client.post(HERE)
    fields = dict(re.findall(r'name="(once|revision|shown)" value="([^"]*)"', text(client, f"{HERE}p/incidence")))
    first = client.post(f"{HERE}p/incidence", {**fields, "go": "next"}).headers["Location"]
    assert first == f"{HERE}p/incidence?check=1"
    assert "Please look at this once more" in text(client, first)
    assert answer(client, "incidence") == f"{HERE}result"


def test_the_result_has_the_released_figures_of_everyone_and_of_the_own_group(client: Client) -> None:
    take(client, sector="state")
    shown = words(text(client, f"{HERE}result"))
    test = published()
    everyone, state = test.cells["INC_SERV", "total", "all"], test.cells["INC_SERV", "sector", "state"]
    for cell in (everyone, state):
        assert cell.value is not None and cell.ci_low is not None
        assert f"like {100 * cell.value:.0f}% [{100 * cell.ci_low:.0f}–" in shown
    assert f"State (n = {state.n}): like" in shown and "Municipality" not in shown


def test_without_a_group_told_only_everyone_stands_beside(client: Client) -> None:
    take(client, sector="nonsense")
    assert "State:" not in words(text(client, f"{HERE}result"))


def test_hidden_figures_are_said_to_be_hidden() -> None:
    data = json.loads(content()["site/self-test.json"])
    for cell in data["cells"]:
        if (cell["indicator"], cell["breakdown"]) == ("INC_SERV", "sector"):
            cell.update(status="c", value=None, ci_low=None, ci_high=None, n=None)
    rows = compared(read_self_test(json.dumps(data).encode()), "en", {**FACTS, "sector": "state"})[0].rows
    beside = next(row for row in rows if row.id == "INC_SERV").beside
    assert beside[1].words == "hidden, to protect those who answered" and beside[1].share is None


@pytest.mark.parametrize(
    ("answers", "indicator", "stand"),
    [
        ({}, "INC_SERV", Stand.YES),
        ({}, "INC_PROC", Stand.NO),
        ({}, "INC_ANY", Stand.YES),
        ({"process": "dont_know"}, "INC_PROC", Stand.UNKNOWN),
        ({"process": None}, "INC_PROC", Stand.UNANSWERED),
        ({"factors.economy": "not_relevant"}, "HIN_ECONOMY", Stand.IRRELEVANT),
        ({"service": "no"}, "COL_CITIZ", Stand.OUTSIDE),
        ({"partners": ["citizens"]}, "COL_FIRM", Stand.NO),
        ({"partners": None}, "COL_ANY", Stand.UNANSWERED),
    ],
)
def test_where_one_stands_follows_from_the_indicators_own_conditions(
    answers: dict[str, object], indicator: str, stand: Stand
) -> None:
    assert stands(published(), {**FACTS, **answers})[indicator] is stand


def test_nothing_is_written_to_the_database(client: Client) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        take(client, sector="state")
        text(client, f"{HERE}result")
        text(client, f"{HERE}result?link=1")
    assert [query["sql"] for query in queries if not query["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))] == []


def test_the_cookie_is_the_only_thing_that_carries_answers_and_ends_with_the_browser(client: Client) -> None:
    take(client)
    cookie = client.cookies["selftest"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["max-age"]
    assert set(client.cookies) <= {"selftest", "csrftoken"}
    client.cookies["selftest"] = cookie.value[:-2] + "xx"
    assert client.get(f"{HERE}result").headers["Location"] == HERE


def test_forgetting_takes_the_answers_out_of_the_browser(client: Client) -> None:
    take(client)
    client.post(f"{HERE}forget")
    assert client.cookies["selftest"].value == ""


def test_a_link_shows_the_result_to_whoever_has_it_and_is_made_on_wish_only(client: Client) -> None:
    take(client, sector="state")
    assert "/kept/" not in text(client, f"{HERE}result")
    found = re.search(r'href="http://testserver(/[^"]*/kept/[^"]+)"', text(client, f"{HERE}result?link=1"))
    assert found
    theirs = words(text(Client(), found[1]))
    assert "Answers somebody kept" in theirs and re.search(r"State \(n = \d+\): like", theirs)
    assert Client().get(found[1][:-1]).status_code == 404


def test_the_pdf_says_what_the_page_says(client: Client) -> None:
    take(client, sector="state")
    answer = client.get(f"{HERE}result?as=pdf")
    with pikepdf.open(BytesIO(answer.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked and str(pdf.Root.Lang) == "en"
        assert b"pdfuaid" in pdf.Root.Metadata.read_bytes()


def test_what_is_shown_changes_nothing_and_posting_needs_the_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in ("", "p/incidence", "forget", "groups/new", "groups/hand-in"):
        assert strict.post(HERE + path).status_code == 403


@pytest.mark.parametrize("path", ["/da/self-test/", "/nb/self-test/starter/", "/sv/self-test/starter/groups/new"])
def test_every_page_can_be_read_in_every_language(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200 and answer.headers["Content-Language"] == path[1:3]


def test_an_edition_without_a_released_test_has_none(client: Client) -> None:
    assert client.get("/en/self-test/other/").status_code == 404
    assert client.get("/fi/self-test/").status_code == 404


def test_the_servers_front_page_leads_to_the_tests(client: Client) -> None:
    assert 'href="/en/self-test/"' in text(client, "/")
    assert f'href="{HERE}"' in text(client, "/en/self-test/")


def test_a_program_that_posts_too_often_is_told_to_wait(client: Client, settings: LazySettings) -> None:
    settings.API_CALLS = 1
    assert client.post(HERE).status_code == 302
    answer = client.post(HERE)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) >= 1
    assert client.get(HERE).status_code == 200


def test_back_and_forward_lose_nothing_and_a_warning_stays_confirmed(client: Client) -> None:
    client.post(HERE, {"sector": "state"})
    answer(client, "incidence", service="yes")
    answer(client, "latest", novelty="copy", partners=["citizens"])
    for _ in range(2):
        first, second = text(client, f"{HERE}p/incidence"), text(client, f"{HERE}p/latest")
        assert re.search(r'value="yes" checked', first) and 'value="copy" checked' in second
        assert second.count("checked") == 2
    own = carried_by(client)
    assert own.passed["incidence"]["confirmed"] and set(own.passed["incidence"]["shown"]) == {"service", "process"}


def test_the_longest_answers_there_may_be_fit_into_the_cookie() -> None:
    test = replace(known_test("starter"), published=replace(published(), instrument=largest(), breakdowns=()))
    values = {
        name: [choice.code for choice in question.choices] if question.choices else -1.2345678901234567e-300
        for question in test.instrument.questions
        for name in question.names
    }
    shown = {page.id: {"shown": names_of(page), "confirmed": ["x"]} for page in test.instrument.pages}
    own = Own("starter", 1, {}, values, dict.fromkeys(values, "x" * LONGEST), shown, "aaaa-bbbb-cccc")
    answer = carry(HttpResponse(), test, own, secure=True)
    assert len(answer.cookies[COOKIE].OutputString()) < 4096
    assert len(pack(test.instrument, (), values)) > 0.9 * ROOM


def largest() -> Instrument:
    """As many questions as `barometer check` lets a self-test have, of the kinds whose answers are longest."""
    page, made = published().instrument.pages[0], []
    choices = tuple(Choice(f"code{n}", {"en": "x"}) for n in range(40))
    while longest(asked := replace(published().instrument, pages=tuple(made)), ()) <= ROOM:
        kind = (QuestionKind.NUMBER, QuestionKind.MULTI)[len(made) % 2]
        some = choices if kind is QuestionKind.MULTI else ()
        question = Question(f"a_question_with_a_long_name_{len(made)}", kind, {"en": "x"}, choices=some)
        made.append(replace(page, id=f"a_page_{len(made)}", questions=(question,)))
    return replace(asked, pages=tuple(made[:-1]))


def carried_by(client: Client) -> Own:
    request = RequestFactory().get(HERE)
    request.COOKIES.update({name: one.value for name, one in client.cookies.items()})
    own = carried(request, "starter")
    assert own
    return own
