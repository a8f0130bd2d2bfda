"""How long publishing takes, in all languages: everything, and what is left to do after a change; and how long a text
takes to be seen.

    python benchmarks/publish.py EDITION [WORKSPACE]

Timed from what 'barometer protect' left in build/. `whole`: every file, made a second time in the process. `text`,
`claim`, `note`: every file again after a sentence more in a text, in a claim's sentence and in an indicator's note, in
one language; `claim_everywhere`: in all of them; `nothing`: nothing has changed. What an earlier site had is taken from
it, and all checks are made. `seen`: a changed text in the preview, from the front page to the text's own page, a theme
and the leaflet. The last line is JSON: CPU and wall seconds, files, bytes, the heaviest page.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from barometer import pipeline
from barometer.model import Edition, Text, change_words
from barometer.publication import Site, publish

MORE = " One more sentence."


def timed(work: Callable[[], object]) -> dict[str, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return {"cpu_s": round(time.process_time() - cpu, 2), "wall_s": round(time.perf_counter() - wall, 2)}


def more_words(edition: Edition, place: str, codes: tuple[str, ...]) -> Edition:
    """The edition with a sentence more at one place, in these languages (of texts: names)."""

    def change(here: str, words: Text) -> Text:
        return {**words, **{code: words.get(code, "") + MORE for code in codes}} if here == place else words

    changed = change_words(edition, change)
    assert changed != edition or not codes
    return changed


def main() -> None:
    name, workspace = sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else Path()
    desk = pipeline.open_desk(Path("editions") / name, workspace)
    release, edition = pipeline.protected(desk), desk.edition
    code = edition.languages[0]
    before = Site(release, edition)
    site = before.all_files()
    kept = (before.kept(),)
    changes = {
        "nothing": edition,
        "text": more_words(edition, f".texts.{code}", ("about",)),
    }
    indicators = edition.surveys[0].programme.indicators
    if noted := [place for place, one in enumerate(indicators) if one.note]:
        changes["note"] = more_words(edition, f".surveys.0.programme.indicators.{noted[0]}.note", (code,))
    if edition.claims:
        changes["claim"] = more_words(edition, ".claims.0.text", (code,))
        changes["claim_everywhere"] = more_words(edition, ".claims.0.text", edition.languages)

    def again(changed: Edition) -> Callable[[], object]:
        return lambda: Site(release, changed, earlier=kept).all_files()

    def seen() -> None:
        draft = Site(release, changes["text"])
        for path in ("index.html", "about.html", f"themes/{edition.themes[0].id}.html", "leaflet.pdf"):
            assert draft[f"{code}/{path}"]

    pages = {path: len(content) for path, content in site.items() if path.endswith(".html")}
    heaviest = max(pages, key=lambda path: pages[path])
    figures = {
        "edition": name,
        "languages": len(edition.languages),
        "whole": timed(lambda: publish(release, edition)),
        **{what: timed(again(changed)) for what, changed in changes.items()},
        "seen": timed(seen),
        "files": len(site),
        "megabytes": round(sum(map(len, site.values())) / 1e6, 1),
        "pages": len(pages),
        "heaviest_page": [heaviest, pages[heaviest]],
        "script_bytes": len(site["site.js"]),
        "style_bytes": len(site["site.css"]),
    }
    for key, value in figures.items():
        print(f"{key:<16} {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
