"""The demo's fieldwork: an edition is launched, simulated leaders answer, and the survey team watches.

Imported once Django is ready. What is done here, staff and respondents do on the pages; the actions are the same.
"""

import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException

import polars as pl
from django.db import close_old_connections, connections
from django.utils import timezone

from barometer import pipeline
from barometer.cli._browser import Browser, Fields
from barometer.cli._collect import freeze_collected
from barometer.cli._leaders import answer_by_browser, answer_directly, fields_to_post, refuse_by_browser
from barometer.cli._work import run_desk
from barometer.estimation import estimate
from barometer.model import Survey
from barometer.simulation import simulate_answers
from barometer.tables import Sample
from barometer.web.fieldwork.actions.collections import create_collection, launch_collection
from barometer.web.fieldwork.actions.contacts import import_contacts
from barometer.web.fieldwork.actions.rules import arm_rule, create_rule
from barometer.web.fieldwork.contacts_file import ContactRow
from barometer.web.fieldwork.mailbox import development_mailbox
from barometer.web.fieldwork.models import Case, Collection, Message, Submission
from barometer.web.fieldwork.queries.mail import count_of
from barometer.weighting import weigh

TEAM, DEPUTY = "demo@example.org", "deputy@example.org"
SOURCE = "the made-up register of the demo"
BY_NETWORK = 200
"""Leaders who answer through the pages; the others' answers go straight through the same actions."""
AT_A_TIME = 4
PATIENCE = 300.0
"""Seconds the mail may take to leave."""
_LINK = re.compile(rb"/l/([0-9a-z]{32})\b")


@dataclass(frozen=True)
class Leader:
    """A simulated respondent: where their mail arrives, and what they would answer."""

    address: str
    case: Case
    answers: Fields
    language: str


@dataclass
class Field:
    """A survey in the field, with its leaders in the order in which they answer; `silent` never do."""

    survey: Survey
    sample: Sample
    simulated: pl.DataFrame
    collection: Collection
    leaders: list[Leader]
    silent: list[Leader]
    tally: dict[str, int] = field(default_factory=dict)


def launch(desk: pipeline.Desk, say: Callable[[str], None]) -> list[Field]:
    """Draw, make the collections, import contacts, open, and send the invitations."""
    say(f"sample     {pipeline.sample(desk).line}")
    samples = pipeline.drawn_samples(desk)
    fields = [_launched(desk, survey, samples[survey.id]) for survey in desk.edition.surveys]
    for one in fields:
        say(f"launched   {one.collection.cases.count():,} cases ({one.survey.id}), all with a contact")
        write_to(one.collection, "invitation", {"all": []})
    return fields


def waves(one: Field) -> tuple[list[Leader], list[Leader], list[Leader]]:
    """Who answers straight through the actions, who by the network at once, and who after the reminder."""
    by_network = min(BY_NETWORK, len(one.leaders)) * 3 // 4
    straight = len(one.leaders) - by_network
    early = straight + by_network * 2 // 3
    return one.leaders[:straight], one.leaders[straight:early], one.leaders[early:]


def write_to(collection: Collection, letter: str, predicate: dict[str, object]) -> None:
    """A rule that sends the letter now, made by one member of the team and armed by another."""
    rule = create_rule(collection, name=letter, letter=letter, send_at=timezone.now(), predicate=predicate, by=DEPUTY)
    arm_rule(rule, counted=count_of(rule).now, by=TEAM)


def wait_for_mail(letter: str, stopping: Callable[[], bool]) -> int:
    """Until everything has left; gives how many letters of the kind did."""
    until = time.monotonic() + PATIENCE
    ours = Message.objects.filter(letter=letter)
    while not stopping() and time.monotonic() < until:
        if ours.exists() and not ours.filter(state__in=("waiting", "sending")).exists():
            break
        time.sleep(0.2)
    return ours.filter(state="sent").count()


def links() -> dict[str, str]:
    """The link in each recipient's last letter, as the mailbox has it."""
    found: dict[str, str] = {}
    for mail in development_mailbox():
        plain = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
        text = plain.get_payload(decode=True)
        if isinstance(text, bytes) and (link := _LINK.search(text)):
            found[str(mail["To"]).rpartition("<")[2].rstrip(">")] = f"/l/{link[1].decode()}"
    return found


def answer_straight(one: Field, leaders: Sequence[Leader]) -> None:
    """Answers of these leaders through the actions."""
    for leader in leaders:
        answer_directly(leader.case, leader.answers, language=leader.language)
    _count(one, "straight", len(leaders))


def answer_by_network(
    address: str, one: Field, leaders: Sequence[Leader], stopping: Callable[[], bool], *, a_second: float = 0.0
) -> None:
    """These leaders open the link in their mail and answer page by page; every eighth stops after a page, to go on
    another day. `a_second`: how many begin in a second at most; 0: as many as can."""
    known = links()
    began = time.monotonic()

    def one_leader(place: int, leader: Leader) -> str:
        while a_second and not stopping() and time.monotonic() < began + place / a_second:
            time.sleep(0.05)
        if stopping():
            return "did not begin"
        browser = Browser(address)
        try:
            stop_after = 1 if place % 8 == 7 else None
            return answer_by_browser(
                browser, known[leader.address], leader.answers, language=leader.language, stop_after=stop_after
            )
        except (OSError, HTTPException):
            if stopping():
                return "was interrupted"
            raise
        finally:
            browser.close()

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for outcome in pool.map(one_leader, range(len(leaders)), leaders):
            _count(one, outcome)


def decline_by_network(address: str, one: Field, leaders: Sequence[Leader]) -> None:
    known = links()
    for leader in leaders:
        browser = Browser(address)
        refuse_by_browser(browser, known[leader.address])
        browser.close()
    _count(one, "declined", len(leaders))


def collect_and_compare(desk: pipeline.Desk, fields: Sequence[Field], say: Callable[[str], None]) -> int:
    """Freeze what was handed in, release the edition from it, and set the figures shown beside estimates from the
    simulated answers of the same units; gives how many differ."""
    say(f"collect    {freeze_collected(desk, layer='edited', partials=True).line}")
    run_desk(desk)
    frozen = desk.build.read("answers", "answers")
    released = pl.read_parquet(desk.build.read("protect", "protect")["release/cells.parquet"]).filter(
        pl.col("status") == ""
    )
    odd = 0
    for one in fields:
        collected = pl.read_parquet(frozen[f"{one.survey.id}.parquet"])
        made_up = one.simulated.join(collected.select("unit_id"), on="unit_id", how="semi")
        ours = released.filter(survey=one.survey.id)
        differing = _differing(ours, _estimates(one, made_up))
        odd += differing + int(ours.is_empty())
        say(
            f"compare    {ours.height:,} figures released ({one.survey.id}) from {collected.height:,} answers "
            f"collected, {differing} different from those of the simulated answers of the same units"
        )
    return odd


def summary(one: Field) -> str:
    """A line of figures."""
    sent = Message.objects.filter(collection=one.collection.pk, state="sent").count()
    handed_in = Submission.objects.filter(response__collection=one.collection.pk).count()
    ways = ", ".join(f"{count:,} {what}" for what, count in sorted(one.tally.items()))
    return f"{one.survey.id}: {sent:,} mails, {handed_in:,} questionnaires handed in ({ways})"


def leave_database() -> None:
    """Close what this thread has open."""
    close_old_connections()
    connections.close_all()


def _launched(desk: pipeline.Desk, survey: Survey, sample: Sample) -> Field:
    collection = create_collection(desk.edition, survey, sample, folder=_folder_of(desk), by=TEAM)
    languages = collection.languages
    rows = [
        ContactRow(number, unit, "", _address(survey, unit), "", languages[number % len(languages)])
        for number, unit in enumerate(sample.units["unit_id"], 1)
    ]
    import_contacts(collection, rows=rows, source=SOURCE, by=TEAM)
    launch_collection(
        collection,
        closes_at=timezone.now() + timedelta(days=21),
        sender=f"Barometer <{TEAM}>",
        help_contact=TEAM,
        by=TEAM,
    )
    specification, figures = (desk.folder.get(name, b"") for name in ("simulation.toml", "figures.csv"))
    simulated = simulate_answers(survey, sample, specification, figures, desk.rng(f"answers {survey.id}"))
    cases = {case.unit_id: case for case in collection.cases.all()}
    spoken = {row.unit_id: row.language for row in rows}
    told = {row["unit_id"]: row for row in simulated.iter_rows(named=True)}

    def leader(unit: str) -> Leader:
        answers = fields_to_post(survey.instrument, told[unit], spoken[unit]) if unit in told else {}
        return Leader(_address(survey, unit), cases[unit], answers, spoken[unit])

    silent = [leader(unit) for unit in cases if unit not in told]
    return Field(survey, sample, simulated, collection, [leader(unit) for unit in told], silent)


def _folder_of(desk: pipeline.Desk) -> str:
    """The demo keeps its edition beside build/."""
    return str(desk.build.root.parents[1] / desk.build.root.name)


def _address(survey: Survey, unit: str) -> str:
    return f"leader-{survey.id}-{unit}@example.org".lower().replace(" ", "-")


def _estimates(one: Field, answers: pl.DataFrame) -> pl.DataFrame:
    answers = answers.sort("unit_id")
    return estimate(one.survey, one.sample, answers, weigh(one.survey, one.sample, answers)).cells


def _differing(released: pl.DataFrame, estimated: pl.DataFrame) -> int:
    """Released figures whose base, value or interval is not the estimate's, but for rounding to six decimals."""
    keys = ["survey", "indicator", "breakdown", "cell"]
    beside = released.join(estimated, on=keys, how="left", suffix="_made")
    figures = ("value", "ci_low", "ci_high")
    near = [(pl.col(name) - pl.col(f"{name}_made")).abs() < 1e-6 for name in figures]
    both_empty = [pl.col(name).is_null() & pl.col(f"{name}_made").is_null() for name in figures]
    same = [close.fill_null(False) | empty for close, empty in zip(near, both_empty, strict=True)]
    return beside.filter(~pl.all_horizontal(pl.col("n") == pl.col("n_made"), *same).fill_null(False)).height


def _count(one: Field, what: str, by: int = 1) -> None:
    one.tally[what] = one.tally.get(what, 0) + by
