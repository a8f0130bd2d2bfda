"""Releases are voted on by two people who do not know each other's votes, and not published otherwise."""

import json
from pathlib import Path

import pytest
from desk import at_the_desk, member
from django.conf import LazySettings
from django.test import Client
from django.urls import URLPattern, reverse
from proposed import EDITION, MINUTE, SIGNS, build, changed, people, put_forward, vote, workspace_at

from barometer import pipeline
from barometer.pipeline import Desk
from barometer.pipeline.approvals import check_approvals
from barometer.problems import BadInput
from barometer.web.accounts.actions import set_active
from barometer.web.accounts.models import User
from barometer.web.accounts.roles import ROLES, Permission
from barometer.web.audit.models import Event
from barometer.web.audit.queries import broken_link
from barometer.web.releases.actions import NotAllowed, checksum
from barometer.web.releases.jobs import hand_over_approvals
from barometer.web.releases.models import Candidate, Vote
from barometer.web.releases.states import CANDIDATE, outcome
from barometer.web.releases.urls import urlpatterns as staff_pages

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = tmp_path_factory.mktemp("built")
    build(workspace)
    return workspace


@pytest.fixture
def desk(built: Path, tmp_path: Path, settings: LazySettings) -> Desk:
    settings.APPROVAL_KEY = SIGNS
    return workspace_at(built, tmp_path)


@pytest.fixture
def team(db: None, settings: LazySettings) -> dict[str, User]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return people()


@pytest.fixture
def candidate(desk: Desk, team: dict[str, User]) -> Candidate:
    return put_forward(desk)


def codes(desk: Desk) -> list[str]:
    with pytest.raises(BadInput) as caught:
        pipeline.publish_release(desk, MINUTE)
    return [one.code for one in caught.value.problems]


def shown(candidate: Candidate, user: User) -> str:
    return at_the_desk(user).get(reverse("releases:candidate", args=[candidate.pk])).content.decode()


def agree(candidate: Candidate, *who: str) -> None:
    vote(candidate, *who)
    hand_over_approvals()


def test_every_state_leads_to_states_there_are() -> None:
    assert set().union(*CANDIDATE.values()) <= set(CANDIDATE)
    assert {state for state, then in CANDIDATE.items() if then} == {"voting"}
    reached = {outcome(list(votes), 2) for votes in ((), (True,), (True, True), (True, False))}
    assert reached | {"withdrawn"} == set(CANDIDATE)


@pytest.mark.parametrize(
    ("votes", "state"),
    [([], "voting"), ([True], "voting"), ([False], "voting"), ([True, True], "approved"),
     ([True, False], "refused"), ([False, True], "refused"), ([False, False], "refused")],
)  # fmt: skip
def test_nothing_is_decided_before_both_votes_and_then_both_must_agree(votes: list[bool], state: str) -> None:
    assert outcome(votes, 2) == state


def test_a_release_two_people_agreed_to_is_published(desk: Desk, candidate: Candidate) -> None:
    agree(candidate, "ole", "kim")
    assert candidate.state == "approved"
    pipeline.publish_release(desk, MINUTE)
    assert desk.releases.public(MINUTE) == (1,)
    assert desk.releases.about(1)["candidate"] == candidate.digest
    content = desk.build.approvals() or b""
    assert check_approvals(content, EDITION, candidate.digest, 2, SIGNS) == []
    assert json.loads(content)["event"] == candidate.event == Event.objects.get(act="release approved").digest


def test_without_both_votes_nothing_is_published(desk: Desk, candidate: Candidate) -> None:
    assert codes(desk) == ["B020"]
    agree(candidate, "ole")
    assert codes(desk) == ["B020"]
    assert desk.releases.numbers() == ()


def test_a_refused_release_is_not_published(desk: Desk, candidate: Candidate) -> None:
    vote(candidate, "ole", agrees=False, reason="The title is wrong.")
    assert candidate.state == "voting"
    agree(candidate, "kim")
    assert candidate.state == "refused"
    assert codes(desk) == ["B020"]


def test_approvals_hold_for_the_very_bytes_that_were_seen(desk: Desk, candidate: Candidate) -> None:
    agree(candidate, "ole", "kim")
    assert codes(changed(desk, "edition.toml", b"New ways of working", b"Newer ways of working")) == ["B022"]
    assert codes(changed(desk, "edition.toml", b"2026-06-01T09:00", b"2026-06-01T08:00")) == ["B022"]


def test_approvals_signed_with_another_key_are_not_believed(
    desk: Desk, candidate: Candidate, settings: LazySettings
) -> None:
    settings.APPROVAL_KEY = "another installation's"
    agree(candidate, "ole", "kim")
    assert codes(desk) == ["B021"]


def test_approvals_are_written_when_the_last_vote_is_committed(
    desk: Desk, candidate: Candidate, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        vote(candidate, "ole", "kim")
        assert desk.build.approvals() is None
    assert candidate.digest.encode() in (desk.build.approvals() or b"")


def test_approvals_that_a_crash_kept_from_being_written_are_written_by_the_worker(
    desk: Desk, candidate: Candidate
) -> None:
    vote(candidate, "ole", "kim")
    assert desk.build.approvals() is None
    hand_over_approvals()
    written = desk.build.approvals()
    hand_over_approvals()
    assert written is not None
    assert desk.build.approvals() == written


def test_nobody_sees_how_another_voted_before_both_have(candidate: Candidate, team: dict[str, User]) -> None:
    vote(candidate, "ole", agrees=False, reason="A reason of his own.")
    log = at_the_desk(team["mona"]).get("/staff/log/").content.decode()
    for page in (shown(candidate, team["kim"]), shown(candidate, team["mona"]), log):
        assert "A reason of his own." not in page
        assert "refused" not in page.lower()
    assert "Ole" not in shown(candidate, team["kim"])
    assert "1 of 2 votes are in" in shown(candidate, team["kim"])
    assert "You have refused." in shown(candidate, team["ole"])


def test_when_both_have_voted_everybody_sees_both_votes(candidate: Candidate, team: dict[str, User]) -> None:
    vote(candidate, "ole", agrees=False, reason="A reason of his own.")
    vote(candidate, "kim")
    for user in (team["ole"], team["kim"], team["eva"]):
        page = shown(candidate, user)
        assert "A reason of his own." in page
        assert "Kim" in page and "Ole" in page


def test_the_log_holds_each_vote_to_what_it_was(candidate: Candidate) -> None:
    vote(candidate, "ole", agrees=False, reason="Because.")
    vote(candidate, "kim")
    kept = [event.details["checksum"] for event in Event.objects.filter(act="vote cast").order_by("id")]
    assert kept == [checksum(one) for one in Vote.objects.order_by("id")]
    told = Event.objects.get(act="release refused").details["votes"]
    assert [(one["by"], one["agrees"], one["reason"]) for one in told] == [
        ("ole@example.org", False, "Because."),
        ("kim@example.org", True, ""),
    ]
    Vote.objects.filter(voter="ole@example.org").update(agrees=True)
    assert checksum(Vote.objects.get(voter="ole@example.org")) != kept[0]
    assert broken_link() is None


def test_who_made_it_does_not_vote(candidate: Candidate) -> None:
    with pytest.raises(NotAllowed):
        vote(candidate, "ida")
    candidate.made_by = "mona@example.org"
    candidate.save()
    with pytest.raises(NotAllowed):
        vote(candidate, "Mona")


def test_nobody_votes_twice_or_after_the_outcome(candidate: Candidate) -> None:
    vote(candidate, "ole")
    with pytest.raises(NotAllowed):
        vote(candidate, "ole")
    vote(candidate, "kim")
    with pytest.raises(NotAllowed):
        vote(candidate, "eva")
    assert candidate.votes.count() == 2


def test_a_refusal_needs_a_reason(candidate: Candidate, team: dict[str, User]) -> None:
    with pytest.raises(NotAllowed):
        vote(candidate, "ole", agrees=False, reason="  ")
    answer = at_the_desk(team["ole"]).post(reverse("releases:vote", args=[candidate.pk]), {"agrees": "no"})
    assert "Say why you refuse." in answer.content.decode()
    assert not candidate.votes.exists()


def test_votes_are_cast_on_the_page(candidate: Candidate, team: dict[str, User]) -> None:
    where = reverse("releases:vote", args=[candidate.pk])
    for name, given in (("ole", {"agrees": "yes"}), ("kim", {"agrees": "no", "reason": "Not yet."})):
        assert at_the_desk(team[name]).post(where, given).status_code == 302
    candidate.refresh_from_db()
    assert candidate.state == "refused"
    assert at_the_desk(team["ole"], enforce_csrf_checks=True).post(where, {"agrees": "yes"}).status_code == 403
    assert at_the_desk(team["ole"]).get(where).status_code == 405


def test_what_is_no_longer_there_is_not_voted_on(desk: Desk, candidate: Candidate, team: dict[str, User]) -> None:
    (desk.build.root / "candidate" / "candidate.json").unlink()
    with pytest.raises(NotAllowed):
        vote(candidate, "ole")
    assert "no longer there" in shown(candidate, team["ole"])
    assert 'name="agrees"' not in shown(candidate, team["ole"])


def test_another_proposal_takes_the_place_of_the_one_being_voted_on(desk: Desk, candidate: Candidate) -> None:
    vote(candidate, "ole")
    other = put_forward(changed(desk, "edition.toml", b"New ways of working", b"Newer ways of working"))
    candidate.refresh_from_db()
    assert (candidate.state, other.state) == ("withdrawn", "voting")
    assert other.votes.count() == 0
    with pytest.raises(NotAllowed):
        vote(candidate, "kim")


def test_the_same_proposal_again_changes_nothing(desk: Desk, candidate: Candidate) -> None:
    vote(candidate, "ole")
    assert put_forward(desk).pk == candidate.pk
    assert Event.objects.filter(act="release proposed").count() == 1


def refused_proposal(desk: Desk) -> list[str]:
    with pytest.raises(BadInput) as caught:
        put_forward(desk)
    assert {one.code for one in caught.value.problems} == {"B023"}
    return [one.found for one in caught.value.problems]


def test_a_proposal_needs_an_edition_that_asks_for_votes_and_people_to_cast_them(
    desk: Desk, team: dict[str, User]
) -> None:
    assert refused_proposal(changed(desk, "edition.toml", b"approvals = 2", b"approvals = 0")) == ["approvals = 0"]
    for name in ("ole", "kim", "mona"):
        set_active(team[name], active=False, by="tests")
    assert refused_proposal(desk) == ["1 others who may vote"]
    set_active(team["ida"], active=False, by="tests")
    assert refused_proposal(desk) == ["'ida@example.org'", "1 others who may vote"]


def test_what_is_published_is_not_proposed_again(desk: Desk, candidate: Candidate) -> None:
    agree(candidate, "ole", "kim")
    pipeline.publish_release(desk, MINUTE)
    assert refused_proposal(desk) == ["a release that is published already"]


def address(page: URLPattern, candidate: Candidate) -> str:
    known = {"pk": candidate.pk, "number": 1, "path": "en/index.html" if page.name == "preview_file" else "review.css"}
    return reverse(f"releases:{page.name}", kwargs={name: known[name] for name in page.pattern.converters})


@pytest.mark.parametrize("role", [*ROLES, "", "elsewhere"])
def test_only_who_may_vote_sees_anything_of_it(role: str, candidate: Candidate) -> None:
    elsewhere = role == "elsewhere"
    client = at_the_desk(member("manager" if elsewhere else role, "another" if elsewhere else "", name="someone"))
    allowed = Permission.APPROVE in ROLES.get(role, frozenset())
    for page in staff_pages:
        where = address(page, candidate)
        found = {client.get(where).status_code, client.post(where).status_code} - {405}
        if page.name == "candidates" and elsewhere:
            assert EDITION not in client.get(where).content.decode()
        elif allowed:
            assert found == {200}, page.name
        else:
            assert found <= {403, 404}, page.name
    menu = client.get("/staff/").content.decode()
    assert ("/staff/releases/" in menu) is (allowed or elsewhere)


def test_who_is_not_logged_in_sees_no_preview(candidate: Candidate) -> None:
    for page in staff_pages:
        answer = Client().get(address(page, candidate))
        assert answer.status_code == 405 or answer.url.startswith("/staff/login/"), page.name


def test_the_preview_is_the_site_as_it_will_be(desk: Desk, candidate: Candidate, team: dict[str, User]) -> None:
    client = at_the_desk(team["ole"])
    root = reverse("releases:preview", args=[candidate.pk, 1])
    front = client.get(root + "en/index.html")
    assert "Confidential until its minute." in front.content.decode()
    assert "no-store" in front["Cache-Control"]
    style = client.get(root + "site.css")
    assert style.content == (desk.build.root / "candidate" / "1" / "site" / "site.css").read_bytes()
    assert style["Content-Type"].startswith("text/css")
    agree(candidate, "ole", "kim")
    pipeline.publish_release(desk, MINUTE)
    published = desk.releases.read(1, "site/en/index.html")["site/en/index.html"].decode()
    aside = '<aside class="synthetic notice">'
    shown = front.content.decode()
    start = shown.index(aside)
    assert shown[: start - 1] + shown[shown.index("</aside>", start) + len("</aside>") :] == published


@pytest.mark.parametrize("path", ["../candidate.json", "../../estimate/cells.parquet", "/etc/passwd", "none.html"])
def test_the_preview_shows_nothing_but_the_site(candidate: Candidate, team: dict[str, User], path: str) -> None:
    root = reverse("releases:preview", args=[candidate.pk, 1])
    assert at_the_desk(team["ole"]).get(root + path).status_code == 404
