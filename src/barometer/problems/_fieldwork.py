"""Kinds of problems of fieldwork (family C). C00x collections, C02x contacts, C04x mail and rules, C06x and C07x
analysts, C08x the installation."""

from barometer.problems._kinds import Kind

KINDS: tuple[Kind, ...] = (
    Kind(
        "C001",
        "no such collection",
        "Mail, letters and answers belong to a collection: one survey of an edition in the field. 'barometer field' "
        "makes it from the edition and its sample.",
    ),
    Kind(
        "C002",
        "sample that no longer fits the edition",
        "A collection has a case for each unit of the sample, with its stratum and weight. The edition was changed "
        "after the sample was drawn, so it would field something else than it says.",
    ),
    Kind(
        "C003",
        "collection made already",
        "An edition's survey is collected once. The collection that exists can be extended, and its questionnaire can "
        "get a new version.",
    ),
    Kind(
        "C020",
        "a file of contacts that cannot be read",
        "Contacts come as CSV or as the first sheet of an XLSX workbook, with a first row of column names that differ.",
    ),
    Kind("C021", "a file of contacts that is too large", "Files have limits, so that none can stop the server."),
    Kind(
        "C022",
        "no column with the unit's id",
        "A contact belongs to a unit of the sample, which is told by the id it has in the register.",
    ),
    Kind(
        "C023",
        "contact of a unit that is not in the sample",
        "The unit is not asked, so no address of it is needed, and none may be kept.",
    ),
    Kind("C024", "unit with two contacts", "One person answers for a unit; which of the two is not for us to guess."),
    Kind("C025", "not an e-mail address", "Mail to it would come back."),
    Kind("C026", "language the collection does not have", "Letters and questionnaire are in the edition's languages."),
    Kind(
        "C027",
        "a cell that cannot be a contact",
        "It is too long, has line breaks or control characters, or begins as a formula that spreadsheet programs run.",
    ),
    Kind("C028", "contact without an e-mail address", "No mail can go there; a letter or a phone call can."),
    Kind(
        "C040",
        "a rule's condition that cannot be read",
        "Who gets a letter is said by a few known conditions: state, stratum, language, contact, sent, not_sent and "
        "days since something happened, joined by 'all' and 'any'. Anything else is refused, so that no rule sends "
        "to others than it says.",
    ),
    Kind(
        "C041",
        "no such letter",
        "A rule names the letter it sends: one of those that come with the program, or a text of the edition in "
        "texts/<language>/letters.",
    ),
    Kind(
        "C042",
        "a rule that needs a second person",
        "A rule that may reach many people is armed by somebody else than the one who made it, so that a mistake is "
        "seen before it is in thousands of mailboxes.",
    ),
    Kind(
        "C043",
        "the count of a rule is out of date",
        "Whoever arms a rule says how many recipients they saw. Meanwhile the number has changed, so they must look "
        "again.",
    ),
    Kind(
        "C044",
        "a rule in the wrong state",
        "A rule is made, armed, sent and done, and can be stopped on the way. What was asked for does not fit where "
        "it stands now.",
    ),
    Kind(
        "C045",
        "letters printed before",
        "Printing a rule's letters again makes a second copy of every letter. It is done only by somebody who says so: "
        "with --again on the command line, or with a tick on the page.",
    ),
    Kind(
        "C046",
        "a collection that cannot write letters yet",
        "Before a rule is armed its collection has a sender, as 'Name <address>', and, when the letter tells it, a "
        "last day.",
    ),
    Kind(
        "C047",
        "a mail that is no report of a failed delivery",
        "'barometer bounce' reads what mail servers send back to the bounce address (RFC 3464). This mail is none, or "
        "it does not say which of our messages it is about.",
    ),
    Kind(
        "C048",
        "an account that cannot be made",
        "A member of staff needs an e-mail address that has no account yet, a role that exists, and a password that "
        "is long and not a common one.",
    ),
    Kind(
        "C060",
        "answers without their unit",
        "Answers are weighed by the unit that gave them. Once the link between cases and answers has been cut, only "
        "answers frozen before can be weighed.",
    ),
    Kind(
        "C061",
        "questionnaire that is not the published one",
        "Answers are collected with the questionnaire published last. Where the edition's folder has other questions "
        "or choices, its tables would miss answers or show questions nobody was asked.",
    ),
    Kind(
        "C062",
        "answers to a question the edition no longer has",
        "An earlier version of the questionnaire asked it. The answers are exported, but no table can be made of them.",
    ),
    Kind("C063", "unknown format or language", "Answers are exported in a few formats, in the edition's languages."),
    Kind(
        "C070",
        "code that the version before does not have",
        "A code of a new version may say which codes it was, so that answers coded before need not be coded again. "
        "They must be codes of the version before.",
    ),
    Kind("C071", "coder who may not code", "Open answers are read by people with the role coder or analyst."),
    Kind(
        "C072",
        "coding scheme that is not the published one",
        "Open answers are coded by the scheme published on the staff pages. Where the edition's folder has others, its "
        "tables would miss answers.",
    ),
    Kind(
        "C073",
        "coded answers the edition does not use",
        "Tables can use the codes once their scheme stands in the edition's folder. Exports have them in any case.",
    ),
    Kind(
        "C074",
        "open answers not coded yet",
        "A coder still has them, or coders disagree and nobody has decided. In tables they have no code.",
    ),
    Kind(
        "C080",
        "address that cannot be listened on",
        "One program at a time serves pages at an address and port, and only ports above 1023 are for everybody.",
    ),
    Kind(
        "C065",
        "correction of no answer",
        "A correction names the answer it stands over as the questionnaire names it: the question's id, or "
        "'question.item' in grids and shares.",
    ),
    Kind(
        "C064",
        "no such case",
        "A case is named by the number on its letters. It has a check digit, so that a slip is no other case.",
    ),
)
