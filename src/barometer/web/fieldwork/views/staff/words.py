"""States, outcomes and acts in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from barometer.problems import Problem

OUTCOMES: Mapping[str, Any] = {
    "submitted": _("Handed in"),
    "partial": _("Partial, harvested at the close"),
    "started": _("Started"),
    "opened": _("Opened, nothing answered"),
    "invited": _("Invited, not opened"),
    "bounced": _("Mail came back"),
    "not_invited": _("Not invited yet"),
    "refused": _("Refused"),
    "unable": _("Unable to answer"),
    "withdrawn": _("Withdrawn"),
    "ineligible": _("Not eligible"),
    "broke_off": _("Broke off"),
}
ONCE: Mapping[str, Any] = {"invited": _("Invited"), "opened": _("Opened")}
"""Outcomes as they are told when they happened, where that is not the same as how a case stands."""
GROUPS: Mapping[str, Any] = {
    "I": _("complete"),
    "P": _("partial"),
    "R": _("refusal or break-off"),
    "NC": _("non-contact"),
    "O": _("other"),
    "UO": _("eligibility unknown"),
    "NE": _("not eligible"),
}
COLLECTION_STATES: Mapping[str, Any] = {
    "draft": _("draft"),
    "open": _("open"),
    "paused": _("paused"),
    "closed": _("closed"),
}
COLLECTION_COLOURS: Mapping[str, str] = {"draft": "neutral", "open": "success", "paused": "warning", "closed": "info"}
RULE_STATES: Mapping[str, Any] = {
    "draft": _("draft"),
    "armed": _("armed: sends at its time"),
    "preparing": _("being prepared"),
    "sending": _("sending"),
    "stopped": _("stopped"),
    "done": _("done"),
}
MESSAGE_STATES: Mapping[str, Any] = {
    "waiting": _("waiting"),
    "sending": _("sending"),
    "sent": _("sent"),
    "unknown": _("not known whether sent"),
    "skipped": _("skipped"),
    "failed": _("failed"),
    "bounced": _("came back"),
    "accepted": _("taken by the mail server"),
    "temporary": _("put off by the mail server"),
    "permanent": _("refused for good"),
    "technical": _("technical trouble"),
    "unsubscribed": _("wants no more mail"),
}
CONTACT_STATES: Mapping[str, Any] = {
    "active": _("active"),
    "bounced": _("mail comes back"),
    "unsubscribed": _("wants no mail"),
    "replaced": _("replaced"),
}
LETTERS: Mapping[str, Any] = {
    "invitation": _("Invitation"),
    "reminder_not_opened": _("Reminder to those who have not opened"),
    "reminder_started": _("Reminder to those who have started"),
    "last_reminder": _("Last reminder"),
    "receipt": _("Receipt"),
    "colleague": _("Letter to a colleague"),
    "transfer": _("Letter to the new contact"),
    "paper": _("Letter on paper"),
}
CHANGES: Mapping[str, Any] = {
    "text": _("text: other words, the same question"),
    "additive": _("additive: something more may be answered"),
    "relaxing": _("relaxing: answers that were refused are accepted"),
    "restricting": _("restricting: answers that were accepted may be refused"),
    "structural": _("structural: others are asked, or something is no longer asked"),
}
HAPPENINGS: Mapping[tuple[str, str], Any] = {
    ("contact", "main"): _("Contact put in"),
    ("contact", "colleague"): _("Colleague asked"),
    ("response", "web"): _("Answering began on the web"),
    ("response", "phone"): _("Answering began by phone"),
    ("response", "paper"): _("Typing in from paper began"),
    ("response", "saved"): _("Last page saved"),
    ("staff", "links revoked"): _("Link and code renewed"),
    ("staff", "contact changed"): _("Contact changed"),
    ("staff", "case handed over"): _("Handed over to somebody else"),
    ("staff", "link shown"): _("Link and code shown to staff"),
    ("staff", "answers entered by staff"): _("Questionnaire opened by staff"),
    ("staff", "second entry started"): _("Second typing began"),
    ("staff", "second entry compared"): _("Two typings compared"),
    ("staff", "colleague asked"): _("A section was given to a colleague"),
    ("staff", "colleague's link revoked"): _("A colleague's link was revoked"),
}
PROBLEMS: Mapping[str, Any] = {
    "C020": _("The file cannot be read as a table: %(found)s. Save it as CSV (UTF-8) or XLSX with a header row."),
    "C021": _("The file is too large: %(found)s, %(expected)s."),
    "C022": _("No column has the unit's id. Choose the one that does."),
    "C023": _("%(found)s is not in the sample."),
    "C024": _("%(found)s has a contact in row %(first)s already."),
    "C025": _("%(found)s is no e-mail address."),
    "C026": _("%(found)s is no language of this collection (%(expected)s)."),
    "C027": _("%(found)s is too long, has line breaks, or begins as a formula."),
    "C028": _("No e-mail address: no mail can go there."),
    "C042": _("%(by)s made this rule. It may reach %(most)s people: above %(alone)s, somebody else arms it."),
    "C043": _("You have seen a count of %(counted)s; now it is %(now)s. Look again, then arm it."),
    "C044:name": _("There is a rule of this name already. Choose another name."),
    "C044:rule": _("The rule “%(name)s” does not allow this as it stands. Look at it again."),
    "C045": _("The %(count)s letters of “%(name)s” were printed before. Tick that you want them once more."),
    "C046:sender": _("The collection has no sender yet. Name one when you launch it."),
    "C046:closes_at": _("The letter tells the last day, and none is set yet. Launch the collection first."),
    "Q001": _("The file is no workbook that can be read. Save it as .xlsx, without a password."),
    "Q018": _("The workbook is too large, or unpacks to far more than its size."),
}


def happening(kind: str, what: str, letter: str = "") -> str:
    """A line of a case's history."""
    if kind == "disposition":
        return str({**OUTCOMES, **ONCE}.get(what, what))
    if kind == "message":
        return f"{LETTERS.get(letter, letter)}: {MESSAGE_STATES.get(what, what)}"
    return str(HAPPENINGS.get((kind, what), what))


def problem_lines(problems: Iterable[Problem]) -> list[str]:
    """Each problem in one line of the reader's language; where there are no own words, as the program tells it."""
    return [problem_line(one) for one in problems]


def problem_line(problem: Problem) -> str:
    words = PROBLEMS.get(problem.code) or PROBLEMS.get(f"{problem.code}:{problem.place.field}")
    if words is None:
        return f"{problem.title}: {problem.found}. {problem.way_out} ({problem.code})"
    return str(words) % {"found": problem.found, "expected": problem.expected, **problem.values}


def reason(refusal: Exception) -> str:
    return gettext("That is not possible now: %(why)s.") % {"why": str(refusal)}
