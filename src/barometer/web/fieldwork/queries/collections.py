"""Collections: which there are, and what a launch would do."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from barometer.web.fieldwork.models import Collection, Contact, Rule
from barometer.web.fieldwork.queries.mail import RuleCount, count_of, rules_of


@dataclass(frozen=True)
class CollectionRow:
    collection: Collection
    cases: int
    submitted: int


@dataclass(frozen=True)
class Coverage:
    """Whom a collection can reach. The first three add up to `cases`."""

    cases: int
    with_email: int
    without_email: int
    without_contact: int
    languages: dict[str, int]


@dataclass(frozen=True)
class PlannedRule:
    rule: Rule
    count: RuleCount


def editions() -> list[str]:
    return list(Collection.objects.order_by("edition").values_list("edition", flat=True).distinct())


def collections_of(editions: Iterable[str]) -> list[CollectionRow]:
    """Collections of the editions with how far they are, edition by edition."""
    found = Collection.objects.filter(edition__in=[*editions]).defer("texts").order_by("edition", "id")
    counted = found.annotate(n=Count("cases"), handed_in=Count("cases", filter=Q(cases__state="submitted")))
    return [CollectionRow(one, one.n, one.handed_in) for one in counted]


def coverage(collection: Collection) -> Coverage:
    """How many cases have a contact, and in which language they are written to."""
    contacts = Contact.objects.filter(collection=collection.pk, role="main").exclude(state="replaced")
    cases = collection.cases.count()
    linked = collection.cases.filter(Exists(contacts.filter(case_reference=OuterRef("reference")))).count()
    emails = contacts.exclude(email="").count()
    languages = dict(contacts.order_by().values_list("language").annotate(n=Count("id")))
    return Coverage(cases, emails, linked - emails, cases - linked, languages)


def planned(collection: Collection) -> list[PlannedRule]:
    """The rules that are still to send, each with its dry run."""
    waiting = [row.rule for row in rules_of(collection) if row.rule.state in ("draft", "armed")]
    return [PlannedRule(rule, count_of(rule)) for rule in waiting]
