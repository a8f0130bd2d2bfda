"""How long a whole publication takes, in all languages: site, PDFs and open data; and how long a text takes to be seen.

    python benchmarks/publish.py EDITION [WORKSPACE]

Timed from what 'barometer protect' left in build/. `whole`: every file, made a second time in the process. `seen`: a
changed text in the preview, from reading the edition to the front page, the text's own page, a theme and the leaflet.
The last line is JSON: CPU and wall seconds, files, bytes, the heaviest page and the heaviest language's PDF.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from barometer import pipeline
from barometer.publication import Draft, publish


def timed(work: Callable[[], object]) -> dict[str, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return {"cpu_s": round(time.process_time() - cpu, 2), "wall_s": round(time.perf_counter() - wall, 2)}


def main() -> None:
    name, workspace = sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else Path()
    desk = pipeline.open_desk(Path("editions") / name, workspace)
    release, edition = pipeline.protected(desk), desk.edition
    code = edition.languages[0]
    site = publish(release, edition)

    def seen() -> None:
        texts = {**edition.texts[code], "about": edition.texts[code]["about"] + "\n\nOne more sentence.\n"}
        draft = Draft(release, replace(edition, texts={**edition.texts, code: texts}))
        for path in ("index.html", "about.html", f"themes/{edition.themes[0].id}.html", "leaflet.pdf"):
            assert draft[f"{code}/{path}"]

    pages = {path: len(content) for path, content in site.items() if path.endswith(".html")}
    heaviest = max(pages, key=lambda path: pages[path])
    figures = {
        "edition": name,
        "languages": len(edition.languages),
        "whole": timed(lambda: publish(release, edition)),
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
