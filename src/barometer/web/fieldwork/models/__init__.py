"""Tables of fieldwork, a module a store: what is fielded, link, contacts, mail, answers, coding."""

from barometer.web.fieldwork.models._answers import AnswerEvent, Edit, Paradata, Response, Submission
from barometer.web.fieldwork.models._coding import (
    Coding,
    CodingDecision,
    OpenAnswer,
    OriginalText,
    Scheme,
    SchemeVersion,
)
from barometer.web.fieldwork.models._collections import Collection, InstrumentVersion, VersionProposal
from barometer.web.fieldwork.models._contacts import Contact, ContactUpload, Message, MessageEvent, Rule
from barometer.web.fieldwork.models._link import Access, Case, Disposition, SecondEntry

__all__ = [
    "Access",
    "AnswerEvent",
    "Case",
    "Coding",
    "CodingDecision",
    "Collection",
    "Contact",
    "ContactUpload",
    "Disposition",
    "Edit",
    "InstrumentVersion",
    "Message",
    "MessageEvent",
    "OpenAnswer",
    "OriginalText",
    "Paradata",
    "Response",
    "Rule",
    "Scheme",
    "SchemeVersion",
    "SecondEntry",
    "Submission",
    "VersionProposal",
]
