"""AAPOR's rates by hand, and the monitor that counts them from cases."""

import math
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from desk import at_the_desk, member
from django.test import Client
from django.utils import timezone
from fielded import every_kind, field_collection

from barometer.web.fieldwork.actions.cases import dispose
from barometer.web.fieldwork.charts import curve
from barometer.web.fieldwork.models import Case, Collection, Contact, Message, Rule
from barometer.web.fieldwork.queries.monitor import Day, SurveyMonitor, edition_monitor
from barometer.web.fieldwork.queries.outcomes import OUTCOMES
from barometer.web.fieldwork.rates import representativity, response_rates
from barometer.web.fieldwork.states import CASE, DISPOSITIONS


def test_rates_are_those_of_the_standard_definitions() -> None:
    rates = response_rates({"I": 50, "P": 10, "R": 15, "NC": 5, "O": 0, "UO": 20, "NE": 40})
    assert (rates.rr1, rates.rr2, rates.rr5) == (0.5, 0.6, 0.625)


def test_rates_of_nobody_are_none_rather_than_nought() -> None:
    assert response_rates({"NE": 3}).rr1 is None


def test_r_indicator_is_one_where_all_strata_answer_alike() -> None:
    assert representativity([(3.0, 0.4), (5.0, 0.4)]) == 1


def test_r_indicator_falls_by_twice_the_standard_deviation() -> None:
    assert math.isclose(representativity([(1.0, 0.2), (1.0, 0.6)]) or 0, 1 - 2 * 0.2)


def test_every_state_of_a_case_has_an_outcome_with_its_code() -> None:
    states = {"new": "not_invited"}
    assert {states.get(state, state) for state in CASE} <= set(OUTCOMES) <= set(DISPOSITIONS)


@pytest.fixture
def fielded(db: None) -> Collection:
    """Six cases in two strata; those of the first stand for three units each, of the second for one."""
    collection = field_collection(every_kind(), cases=6)
    for place, case in enumerate(collection.cases.order_by("unit_id")):
        case.stratum, case.design_weight = ("large", 3.0) if place < 2 else ("small", 1.0)
        case.save()
    return collection


def monitored(collection: Collection) -> SurveyMonitor:
    return next(one for one in edition_monitor(collection.edition) if one.collection == collection)


def become(collection: Collection, *states: str) -> None:
    for case, state in zip(collection.cases.order_by("unit_id"), states, strict=False):
        Case.objects.filter(pk=case.pk).update(state=state)


def test_weighted_rates_count_the_units_cases_stand_for(fielded: Collection) -> None:
    become(fielded, "submitted", "invited", "submitted", "partial")
    total = monitored(fielded).total
    assert (total.rates.rr1, total.rates.rr2) == (2 / 6, 3 / 6)
    assert (total.weighted.rr1, total.weighted.rr2) == (4 / 10, 5 / 10)


def test_units_that_are_not_eligible_leave_the_rate(fielded: Collection) -> None:
    become(fielded, "submitted", "ineligible")
    assert monitored(fielded).total.rates.rr1 == 1 / 5


def test_strata_add_up_to_the_whole(fielded: Collection) -> None:
    become(fielded, "submitted", "started", "refused", "opened", "submitted")
    one = monitored(fielded)
    for outcome in OUTCOMES:
        assert sum(stratum.outcomes[outcome] for stratum in one.strata) == one.total.outcomes[outcome]


def test_a_bounce_counts_for_who_did_nothing_else(fielded: Collection) -> None:
    Contact.objects.filter(collection=fielded.pk).update(state="bounced")
    become(fielded, "opened")
    outcomes = monitored(fielded).total.outcomes
    assert (outcomes["opened"], outcomes["bounced"]) == (1, 5)


def test_unable_is_told_apart_from_refused(fielded: Collection) -> None:
    first, second = fielded.cases.order_by("unit_id")[:2]
    dispose(first, code="unable", by="tests")
    dispose(second, code="refused", by="tests")
    outcomes = monitored(fielded).total.outcomes
    assert (outcomes["unable"], outcomes["refused"]) == (1, 1)


def test_surveys_of_an_edition_stand_side_by_side_and_do_not_mix(fielded: Collection) -> None:
    other = field_collection(every_kind(), cases=2)
    become(other, "submitted", "submitted")
    rates = {one.collection.pk: one.total.rates.rr1 for one in edition_monitor(fielded.edition)}
    assert rates == {fielded.pk: 0.0, other.pk: 1.0}


def test_days_are_those_of_the_collections_time_zone(fielded: Collection) -> None:
    late = datetime(2026, 6, 1, 23, 30, tzinfo=ZoneInfo("UTC"))  # the next day in Copenhagen
    case = fielded.cases.first()
    assert case is not None
    Case.objects.filter(pk=case.pk).update(state="submitted", state_at=late)
    assert monitored(fielded).days[0].day.isoformat() == "2026-06-02"


def test_days_without_anything_are_days_too(fielded: Collection) -> None:
    now = timezone.now()
    for case, days in zip(fielded.cases.all(), (3, 0), strict=False):
        Case.objects.filter(pk=case.pk).update(state="submitted", state_at=now - timedelta(days=days))
    found = monitored(fielded).days
    assert [one.submitted for one in found] == [1, 0, 0, 1]
    assert [one.share for one in found] == sorted(one.share for one in found)


def test_letters_are_marked_on_the_day_they_left(fielded: Collection) -> None:
    rule = Rule.objects.create(collection=fielded.pk, name="r", letter="invitation", send_at=timezone.now())
    for contact in Contact.objects.filter(collection=fielded.pk):
        Message.objects.create(
            collection=fielded.pk, case_reference=contact.case_reference, contact=contact, rule=rule,
            letter="invitation", once=str(uuid4()), state="sent", sent_at=timezone.now(),
        )  # fmt: skip
    (day,) = monitored(fielded).days
    assert day.mails == 6


def test_the_curve_stays_inside_its_frame_and_rises(fielded: Collection) -> None:
    today = timezone.now().date()
    days = [Day(today + timedelta(days=i), i % 3, i / 40, 0) for i in range(30)]
    drawn = curve({"a": days, "b": days[5:]}, width=340)
    assert drawn is not None
    for line in drawn.lines:
        points = [tuple(map(float, point.split(","))) for point in line.points.split()]
        assert all(drawn.left <= x <= drawn.right and 0 <= y <= float(drawn.base) for x, y in points)
        assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)
    assert abs(float(drawn.lines[0].label_y) - float(drawn.lines[1].label_y)) >= 16


def test_names_stand_where_there_is_room_for_them() -> None:
    today = date(2021, 1, 4)
    days = [Day(today + timedelta(days=i), 1, 0.1, 0) for i in range(30)]
    drawn = curve({"first day": days[:1], "last day": days}, width=340)
    assert drawn is not None and [line.early for line in drawn.lines] == [True, False]


def test_nothing_yet_gives_no_curve() -> None:
    assert curve({"a": ()}, width=340) is None


def desk() -> Client:
    return at_the_desk(member())


def test_the_monitor_loads_itself_again_only_when_asked(fielded: Collection) -> None:
    client, where = desk(), f"/staff/collections/{fielded.pk}/"
    assert b"http-equiv" not in client.get(where).content
    assert b'http-equiv="refresh" content="5"' in client.get(f"{where}?refresh=5").content
    assert b"http-equiv" not in client.get(f"{where}?refresh=0;url=//evil.example").content


def test_drawings_have_decimal_points_in_danish_too(fielded: Collection) -> None:
    become(fielded, "submitted", "submitted", "submitted")
    user = member()
    user.language = "da"
    user.save()
    shown = at_the_desk(user).get(f"/staff/collections/{fielded.pk}/").content.decode()
    assert '<rect class="part" width="70.0"' in shown or 'width="50.0"' in shown
    assert "50,0 %" in shown


def test_the_monitor_asks_the_database_a_fixed_number_of_questions(
    fielded: Collection, django_assert_max_num_queries: object
) -> None:
    client = desk()
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        client.get(f"/staff/collections/{fielded.pk}/")
