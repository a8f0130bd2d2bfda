"""Groups that compare their self-tests: what they see, from how many on, and when they are gone."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from selftested import HERE, release, take, text

from barometer.web.audit.models import Event
from barometer.web.fieldwork import throttle
from barometer.web.statbank.models import Group, GroupAnswer
from barometer.web.statbank.selftest import test_of as known_test
from barometer.web.statbank.selftest_counts import Count, group_counts
from barometer.web.statbank.selftest_groups import NoRoom, create_group, delete_expired, hand_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def released(tmp_path: Path) -> None:
    release(tmp_path)


@pytest.fixture
def group() -> Group:
    test = known_test("starter")
    assert test
    return create_group(test, days=7)[0]


def filled(group: Group, yes: int, no: int) -> Group:
    for place in range(yes + no):
        hand_in(group, once=uuid4(), stands={"INC_SERV": "yes" if place < yes else "no"})
    return group


@pytest.mark.parametrize(
    ("yes", "no", "count"),
    [
        (2, 3, Count(2, 2, 5)),
        (0, 5, Count(0, 1, 5)),
        (1, 4, Count(0, 1, 5)),
        (4, 1, Count(4, 5, 5)),
        (5, 0, Count(4, 5, 5)),
    ],
)
def test_all_and_all_but_one_read_alike_as_do_none_and_one(group: Group, yes: int, no: int, count: Count) -> None:
    assert group_counts(filled(group, yes, no)).counts["INC_SERV"] == count


@pytest.mark.parametrize(("answered", "counted"), [(4, 0), (5, 5), (6, 5), (7, 5), (8, 8), (10, 8), (11, 11)])
def test_answers_come_in_by_threes_from_five_up(group: Group, answered: int, counted: int) -> None:
    counts = group_counts(filled(group, 2, answered - 2))
    assert (counts.answered, counts.counted) == (answered, counted)
    assert bool(counts.counts) is (counted > 0)


@pytest.mark.parametrize(("answered", "counted"), [(4, 0), (6, 5), (7, 7), (9, 8), (10, 10)])
def test_closing_counts_the_rest_unless_it_is_one_alone(group: Group, answered: int, counted: int) -> None:
    filled(group, 2, answered - 2).is_closed = True
    assert group_counts(group).counted == counted


def test_a_figure_fewer_than_five_have_answered_is_not_counted(group: Group) -> None:
    for place in range(5):
        hand_in(group, once=uuid4(), stands={"INC_SERV": "yes" if place < 2 else "outside" if place == 4 else "no"})
    assert group_counts(group).counts["INC_SERV"] == Count(None, None, None)


def test_an_organiser_makes_a_group_and_members_hand_in_if_they_want() -> None:
    organiser, member = Client(), Client()
    address = organiser.post(f"{HERE}groups/new", {"days": "7"}).headers["Location"]
    found = re.search(r'href="http://testserver(/[^"]*/join)"', text(organiser, address))
    assert found
    take(member, begin=found[1], sector="state")
    assert GroupAnswer.objects.count() == 0
    assert "nothing of yours yet" in text(member, f"{HERE}result")
    seen = member.post(f"{HERE}groups/hand-in").headers["Location"]
    member.post(f"{HERE}groups/hand-in")
    answer = GroupAnswer.objects.get()
    assert answer.stands["INC_SERV"] == "yes" and "sector" not in str(answer.stands)
    page = text(Client(), seen)
    assert "1 has answered" in page and "INC_SERV" not in page and "<table" not in page


def test_below_five_programs_too_learn_only_how_many(group: Group) -> None:
    filled(group, 2, 2)
    told = Client().get(f"{HERE}groups/{group.code}/counts.json").json()
    assert told["answered"] == 4 and told["indicators"] == []
    told = Client().get(f"{HERE}groups/{filled(group, 0, 1).code}/counts.json").json()
    first = next(one for one in told["indicators"] if one["id"] == "INC_SERV")
    assert first["yes"] == {"least": 2, "most": 2, "of": 5}


def test_only_the_organisers_link_closes_and_deletes() -> None:
    organiser = Client()
    address = organiser.post(f"{HERE}groups/new", {"days": "7"}).headers["Location"]
    assert Client().post(address[:-3] + "xyz", {"do": "delete"}).status_code == 404
    organiser.get(address)
    assert not Group.objects.get().is_closed
    organiser.post(address, {"do": "close"})
    with pytest.raises(NoRoom):
        hand_in(Group.objects.get(), once=uuid4(), stands={})
    organiser.post(address, {"do": "delete"})
    assert not Group.objects.exists()


def test_a_group_is_shut_at_its_time_and_deleted_with_a_row_in_the_log(group: Group) -> None:
    filled(group, 2, 3)
    Group.objects.update(expires_at=timezone.now())
    assert Client().get(f"{HERE}groups/{group.code}/").status_code == 404
    assert delete_expired(now=timezone.now() + timedelta(seconds=1), by="worker") == 1
    assert not GroupAnswer.objects.exists()
    assert Event.objects.get(act="delete self-test groups").details == {"groups": 1}


def test_who_guesses_codes_is_stopped(group: Group) -> None:
    client = Client()
    for _ in range(throttle.MOST_WRONG):
        client.get(f"{HERE}groups/aaaa-aaaa-aaaa/")
    assert client.get(f"{HERE}groups/{group.code}/").status_code == 404
