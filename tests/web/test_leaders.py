"""Simulated leaders: what they would answer is what the answers table has, whichever way it came."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from polars.testing import assert_frame_equal
from pytest_django.live_server_helper import LiveServer

from barometer.cli._browser import Browser
from barometer.cli._leaders import answer_by_browser, answer_directly, fields_to_post, refuse_by_browser
from barometer.edition import read_edition, starter
from barometer.sampling import draw_sample
from barometer.simulation import simulate_answers
from barometer.web.fieldwork.actions.accesses import respondent_token
from barometer.web.fieldwork.actions.collections import launch_collection
from barometer.web.fieldwork.actions.open_answers import clear, take_in
from barometer.web.fieldwork.models import Collection, OpenAnswer, Response
from barometer.web.fieldwork.queries.answers import collected, for_estimation
from barometer.web.fieldwork.redacting import digest_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LEADERS = 12


@pytest.fixture
def fielded(collection: Collection) -> Collection:
    closes = timezone.now() + timedelta(days=1)
    launch_collection(collection, closes_at=closes, sender="B <b@example.org>", help_contact="", by="tests")
    return collection


def test_answers_arrive_as_simulated_by_browser_and_by_action(fielded: Collection, live_server: LiveServer) -> None:
    survey = read_edition(starter()).surveys[0]
    sample = draw_sample(survey, np.random.default_rng(1))
    specification = starter()["simulation.toml"]
    simulated = simulate_answers(survey, sample, specification, b"", np.random.default_rng(2)).head(LEADERS)
    for number, row in enumerate(simulated.iter_rows(named=True)):
        case = fielded.cases.get(unit_id=row["unit_id"])
        language = fielded.languages[number % len(fielded.languages)]
        fields = fields_to_post(survey.instrument, row, language)
        if number % 2:
            answer_directly(case, fields, language=language)
        else:
            link = f"/l/{respondent_token(case)}"
            browser = Browser(live_server.url)
            assert answer_by_browser(browser, link, fields, language=language) == "submitted"
            browser.close()
    take_in(fielded, by="tests")
    for words in OpenAnswer.objects.filter(collection=fielded.pk):
        clear(words, seen=digest_of(words.text), by="tests")
    table, _ = for_estimation(collected(fielded), survey.instrument)
    ours, theirs = (one.drop("case_id").sort("unit_id") for one in (table, simulated))
    assert_frame_equal(ours, theirs)


def test_one_who_stops_leaves_a_started_response_and_one_who_refuses_none(
    fielded: Collection, live_server: LiveServer
) -> None:
    stops, refuses = fielded.cases.all()[:2]
    answers = {"service": ["yes"], "process": ["no"]}
    for case in (stops, refuses):
        browser = Browser(live_server.url)
        link = f"/l/{respondent_token(case)}"
        if case == stops:
            assert answer_by_browser(browser, link, answers, language="en", stop_after=1) == "left"
        else:
            refuse_by_browser(browser, link)
        browser.close()
    stops.refresh_from_db()
    refuses.refresh_from_db()
    assert (stops.state, refuses.state) == ("started", "refused")
    assert Response.objects.get().values == {"service": "yes", "process": "no"}
