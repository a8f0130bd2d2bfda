"""The pages where readers build tables: what they show is what was released, under addresses that last."""

import json
import re
from datetime import datetime
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils.translation import gettext, override
from released_tables import LATER, Clock

from barometer.files import Releases

pytestmark = pytest.mark.django_db
TABLE = "starter.workplaces-sector"
BARS = re.compile(r'<rect class="bar[^"]*" width="([^"]+)"')


def page(address: str, status: int = 200) -> str:
    answer = Client().get(address)
    assert answer.status_code == status
    return answer.content.decode()


def links(text: str, part: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'href="([^"]+)"', text) if part in one]


def test_every_table_is_listed_and_opens(releases: Releases) -> None:
    addresses = links(page("/en/tables/"), "/en/tables/starter.")
    names = {name for name in releases.read(1, "site/open-data/") if name.endswith(".px")}
    assert len(addresses) == len(names) > 4
    for address in addresses:
        assert '<svg class="chart"' in page(address)


def test_the_figure_is_drawn_as_on_the_published_page(releases: Releases) -> None:
    built = page(f"/en/tables/{TABLE}/?indicator=COL_ANY")
    name = "site/en/indicators/col_any.html"
    published = releases.read(1, name)[name].decode()
    section = published[published.index('id="by-sector-h"') :]
    bars = BARS.findall(built)
    assert bars == BARS.findall(section)[: len(bars)] and len(bars) == 4
    significance = re.search(r'<p class="significance">([^<]+)', section)
    assert significance and significance[1] in built


def test_only_what_is_ticked_is_shown(releases: Releases) -> None:
    built = page(f"/en/tables/{TABLE}/?indicator=COL_ANY&indicator=INC_ANY&sector=state&sector=region")
    assert built.count('<svg class="chart"') == 2 and len(BARS.findall(built)) == 4
    assert len(re.findall(r"<input[^>]* checked>", built)) == 4


def test_the_permanent_address_keeps_its_figures_and_the_latest_moves_on(releases: Releases, clock: Clock) -> None:
    asked = "indicator=COL_ANY&sector=state"
    built = page(f"/en/tables/{TABLE}/?{asked}")
    pinned = links(built, "/tables/starter.1.workplaces-sector/")[0]
    assert asked in pinned and pinned in unescape(built[built.index("How to cite") :])
    clock(LATER)
    kept = page(f"{urlsplit(pinned).path}?{asked}")
    assert "superseded by release 2" in kept and BARS.findall(kept) == BARS.findall(built)
    assert "superseded" not in page(f"/en/tables/{TABLE}/?{asked}")
    assert links(page(f"/en/tables/{TABLE}/?{asked}"), "starter.2.workplaces-sector")


def test_nothing_is_shown_before_its_minute(releases: Releases, clock: Clock) -> None:
    page("/en/tables/starter.2.workplaces-sector/", 404)
    clock(datetime.fromisoformat("2026-05-01T00:00:00+00:00"))
    page(f"/en/tables/{TABLE}/", 404)
    assert links(page("/en/tables/"), "starter.") == []


def test_the_files_have_what_is_shown(releases: Releases) -> None:
    built = page(f"/en/tables/{TABLE}/?indicator=COL_ANY&indicator=NOV_REUSE&sector=state")
    addresses = links(built, "/data?")
    assert len(addresses) == 6
    told = next(json.loads(page(one)) for one in addresses if "json-stat2" in one)
    assert list(told["dimension"]["indicator"]["category"]["index"]) == ["NOV_REUSE", "COL_ANY"]
    assert list(told["dimension"]["sector"]["category"]["index"]) == ["state"]
    assert told["extension"]["release"] == 1
    for address in addresses:
        assert Client().get(address).status_code == 200


def test_another_breakdown_keeps_the_figures_that_were_chosen(releases: Releases) -> None:
    answer = Client().get(f"/en/tables/{TABLE}/?table=starter.workplaces-size&indicator=COL_ANY&sector=state")
    assert answer.status_code == 302 and answer["Location"] == "/en/tables/starter.workplaces-size/?indicator=COL_ANY"
    page(f"/en/tables/{TABLE}/?table=starter.nothing", 404)


def test_wrong_values_in_the_address_are_left_aside(releases: Releases) -> None:
    built = page(f"/en/tables/{TABLE}/?indicator=NOTHING&sector=moon&x=<script>")
    assert '<svg class="chart"' in built and "<script>" not in built


@pytest.mark.parametrize("language", ["da", "nb", "sv", "en"])
def test_every_language_has_its_own_words(releases: Releases, language: str) -> None:
    built = page(f"/{language}/tables/{TABLE}/")
    with override(language):
        words = gettext("How to cite")
    assert (words == "How to cite") is (language == "en")
    assert words in built and f'<html lang="{language}">' in built
    assert f"/{language}/tables/" in page(f"/{language}/tables/") and "pxweb" in page(f"/{language}/api/")
    page(f"/fi/tables/{TABLE}/", 404)


def test_pages_and_publication_lead_to_each_other(releases: Releases) -> None:
    for table in (TABLE, "starter.1.workplaces-total"):
        for address in links(page(f"/en/tables/{table}/"), "/editions/starter/"):
            page(address)
    assert "/editions/starter/en/indicators/col_any.html" in page(f"/en/tables/{TABLE}/?indicator=COL_ANY")
    assert links(page("/"), "/tables/")


def test_an_indicators_page_leads_to_its_tables_and_they_lead_back(releases: Releases) -> None:
    served = page("/editions/starter/en/indicators/col_any.html")
    built = links(served, "/en/tables/starter.workplaces-sector/?indicator=COL_ANY")
    assert len(built) == 1 and 'value="COL_ANY" checked' in page(built[0])
    assert "/editions/starter/en/indicators/col_any.html" in page(built[0])
    for part in ("/en/tables/", "/en/api/", "/en/self-test/starter/"):
        assert page(links(served, part)[0])


def test_the_published_file_itself_is_left_as_it_was(releases: Releases) -> None:
    name = "site/en/indicators/col_any.html"
    published = releases.read(1, name)[name].decode()
    served = page("/editions/starter/en/indicators/col_any.html")
    place = re.compile(r"<!--bank:\w+-->.*?<!--/bank-->", re.DOTALL)
    assert "/en/tables/" not in published and len(place.findall(published)) == 3
    rest = place.split(published)
    assert all(part in served for part in rest) and "<!--bank" not in served
