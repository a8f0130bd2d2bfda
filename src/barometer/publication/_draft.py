"""The site of a release while its words are still written: each file is made when somebody looks at it."""

import re
from collections.abc import Sequence
from importlib.resources import files

from barometer.problems import Problem, Severity
from barometer.publication._language import language, languages_available
from barometer.publication._site import environment

DRAFT = "_draft/"
"""Where the preview's own files lie, beside the site's."""
PROBLEMS, STATE = f"{DRAFT}problems.html", f"{DRAFT}state"
_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'"  # fmt: skip  # noqa: E501


def as_draft(page: bytes, problems: Sequence[Problem], version: int) -> bytes:
    """A page of the site with a banner that says what it is, and a script that loads it again when `version` of the
    draft, which the server tells at `STATE`, is another one."""
    text = page.decode()
    code = re.search(r'<html lang="([a-z]+)"', text)
    one = language(code[1] if code and code[1] in languages_available() else "en")
    banner = environment().get_template("draft-banner.html").render(
        say=one.say, count=one.count_of("draft.problems", len(problems)) if problems else "", address=f"/{PROBLEMS}"
    )  # fmt: skip
    head = environment().get_template("draft-head.html").render(version=version, folder=f"/{DRAFT}")
    text = re.sub(
        r'(<meta http-equiv="Content-Security-Policy" content=")[^"]*', lambda found: found[1] + _POLICY, text
    )
    text = text.replace("</head>", f"{head}</head>", 1)
    return re.sub(
        r'<body[^>]*>\n?(<a class="skip".*?</a>\n?)?', lambda found: found[0] + banner, text, count=1
    ).encode()


def problems_page(problems: Sequence[Problem], version: int, shown: str, good: bool) -> bytes:
    """What is wrong with the draft, in the words of the terminal. `shown`: what the site shows meanwhile; `good`:
    whether there is a site at all."""
    errors = [one for one in problems if one.severity is Severity.ERROR]
    others = [one for one in problems if one.severity is not Severity.ERROR]
    template = environment().get_template("draft.html")
    page = template.render(errors=errors, others=others, version=version, folder=f"/{DRAFT}", shown=shown, good=good)
    return page.encode()


def draft_files() -> dict[str, bytes]:
    """Style and script of the preview, by path."""
    folder = files("barometer.publication") / "static"
    return {f"{DRAFT}{name}": (folder / name).read_bytes() for name in ("draft.css", "draft.js")}
