"""Letters on paper: printed for whom a rule reaches, and written down as sent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override

from barometer.edition import fill_letter, letter_subject
from barometer.problems import BadInput, Place, Problem, suggestion
from barometer.web.audit.actions import record
from barometer.web.fieldwork.actions.cases import dispose
from barometer.web.fieldwork.actions.composing import values_of
from barometer.web.fieldwork.actions.rules import advance
from barometer.web.fieldwork.letters import letter_language, letter_source, one_line
from barometer.web.fieldwork.models import Case, Collection, Message, MessageEvent, Rule
from barometer.web.fieldwork.naming import edition_title
from barometer.web.fieldwork.printing import Sheet, letters_pdf
from barometer.web.fieldwork.queries.mail import recipients


@dataclass(frozen=True)
class Printed:
    """Letters of a rule: a PDF a stratum, or all in one under ''. `count` of letters in all."""

    pdfs: Mapping[str, bytes]
    count: int


def find_paper_rule(edition: str, survey: str, name: str) -> Rule:
    """The paper rule of a collection by its name; `BadInput` (C001, C044) when there is none."""
    collection = Collection.objects.filter(edition=edition, survey=survey).first()
    if collection is None:
        raise _missing("C001", "survey", f"{edition}/{survey}", "a collection", "Run 'barometer field' first.")
    rules = {rule.name: rule for rule in Rule.objects.filter(collection=collection.pk, channel="paper")}
    if name not in rules:
        raise _missing("C044", "rule", f"'{name}'", "a rule for paper", suggestion(name, rules))
    return rules[name]


def file_names(printed: Printed, stem: str) -> dict[str, bytes]:
    """The PDFs under names of files: the stem, and what a file's name can hold of the stratum's."""
    named: dict[str, bytes] = {}
    for number, (stratum, pdf) in enumerate(printed.pdfs.items(), 1):
        words = re.sub(r"[^\w.-]+", "-", stratum).strip("-.")
        named[f"{stem}-{number:02}-{words}.pdf" if stratum else f"{stem}.pdf"] = pdf
    return named


@transaction.atomic
def print_letters(rule: Rule, *, by: str, again: bool = False, by_stratum: bool = False) -> Printed:
    """The letters of an armed rule for paper, by case number, in one PDF or in one a stratum; they count as sent now.

    `again`: the person knows that they were printed before (else C045). They go to the same recipients, so that a lost
    file can be made anew, and nobody is written down twice. `BadInput` (C044) when the rule is not armed, is not for
    paper, or reaches nobody.
    """
    locked = Rule.objects.select_for_update().get(pk=rule.pk)
    collection = Collection.objects.get(pk=locked.collection)
    if locked.channel != "paper" or locked.state not in ("armed", "done"):
        found = f"'{locked.name}' is for {locked.channel} and {locked.state}"
        raise _missing("C044", "rule", found, "an armed rule for paper", "Have it armed first.", locked)
    if locked.state == "done" and not again:
        before = f"{locked.messages.count()} letters of '{locked.name}' were printed before"
        raise _missing("C045", "rule", before, "letters not printed yet", "Use the first print, or say again.", locked)
    if locked.state == "armed":
        _write_down(locked, collection)
        for then in ("preparing", "sending", "done"):  # all at once: printing is one act
            advance(locked, then)
    messages = list(locked.messages.select_related("contact"))
    if not messages:
        raise _missing(
            "C044", "rule", f"'{locked.name}' reaches nobody", "at least one case", "Change its condition.", locked
        )
    title = f"{edition_title(collection, collection.languages[0])}: {locked.name}"
    piles = _piles(messages, by_stratum)
    pdfs = {stratum: letters_pdf(_sheets(pile, collection), title=title) for stratum, pile in piles.items()}
    record(
        "letters printed",
        by=by,
        edition=collection.edition,
        subject=f"rule {locked.pk} {locked.name}",
        letters=len(messages),
        again=again,
    )
    return Printed(pdfs, len(messages))


def _piles(messages: Sequence[Message], by_stratum: bool) -> dict[str, list[Message]]:
    """The messages by stratum of their cases, or all under ''."""
    if not by_stratum:
        return {"": list(messages)}
    references = [message.case_reference for message in messages]
    strata = dict(Case.objects.filter(pk__in=references).values_list("pk", "stratum"))
    piles: dict[str, list[Message]] = {}
    for message in messages:
        piles.setdefault(strata.get(message.case_reference, ""), []).append(message)
    return dict(sorted(piles.items()))


def _sheets(messages: Sequence[Message], collection: Collection) -> list[Sheet]:
    sheets = (_sheet(message, collection) for message in messages)
    return sorted(sheets, key=lambda sheet: sheet.values["number"])


def _write_down(rule: Rule, collection: Collection) -> None:
    now = timezone.now()
    messages = Message.objects.bulk_create(
        [
            Message(
                collection=collection.pk,
                case_reference=contact.case_reference,
                contact=contact,
                rule=rule,
                letter=rule.letter,
                once=f"rule:{rule.pk}",
                state="sent",
                sent_at=now,
            )
            for contact in recipients(rule)
        ],
        batch_size=2_000,
    )
    MessageEvent.objects.bulk_create(
        [MessageEvent(message=message, kind="accepted", detail="printed") for message in messages], batch_size=2_000
    )
    references = [message.case_reference for message in messages]
    for case in Case.objects.select_for_update().filter(pk__in=references, state="new"):
        dispose(case, code="invited", by="worker")


def _sheet(message: Message, collection: Collection) -> Sheet:
    contact = message.contact
    language = letter_language(collection, contact.language)
    values = values_of(message, collection, contact, language)
    source = letter_source(collection, message.letter, language)
    with override(language):
        qr_words = gettext("QR code with the address %(site)s and your code") % {"site": values["site"]}
    return Sheet(
        language=language,
        address=tuple(line for line in (one_line(contact.name),) if line),
        heading=one_line(fill_letter(letter_subject(source), values)),
        source=source,
        values=values,
        link=values["link"],
        qr_words=qr_words,
    )


def _missing(code: str, field: str, found: str, expected: str, way_out: str, rule: Rule | None = None) -> BadInput:
    values = {"name": rule.name, "count": rule.messages.count()} if rule else {}
    return BadInput((Problem(code, Place(field=field), found, expected, way_out, values=values),))
