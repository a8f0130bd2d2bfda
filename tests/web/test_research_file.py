"""The research file: answers with weights for staff, from what the build folder holds."""

from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pyreadstat
import pytest

from barometer import files, pipeline
from barometer.cli._research import FORMATS, checked_language, research_files
from barometer.edition import starter
from barometer.problems import BadInput


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> pipeline.Desk:
    workspace = tmp_path_factory.mktemp("workspace")
    files.create_folder(workspace / "starter", starter())
    opened = pipeline.open_desk(workspace / "starter", workspace)
    for step in (pipeline.sample, pipeline.answers, pipeline.weigh_answers):
        step(opened)
    return opened


@pytest.fixture(scope="module")
def written(desk: pipeline.Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("research")
    for name, content in research_files(desk, "da", FORMATS, "key").items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder / "workplaces"


def cases(desk: pipeline.Desk) -> pl.DataFrame:
    return pl.read_parquet(desk.build.root / "weigh" / "workplaces.cases.parquet")


def test_weights_and_answers_are_those_of_the_build(desk: pipeline.Desk, written: Path) -> None:
    table = pl.read_parquet(written / "answers.parquet")
    assert table.height == cases(desk).height
    assert table["weight"].sum() == pytest.approx(cases(desk)["weight"].sum())
    kept = pl.read_parquet(desk.build.root / "answers" / "workplaces.parquet")
    assert table["service"].value_counts().sort("service").equals(kept["service"].value_counts().sort("service"))


def test_spss_and_stata_have_labels_groups_and_weights(desk: pipeline.Desk, written: Path) -> None:
    for read, name in ((pyreadstat.read_sav, "answers.sav"), (pyreadstat.read_dta, "answers.dta")):
        table, about = read(str(written / name), output_format="dict")
        assert sum(table["weight"]) == pytest.approx(cases(desk)["weight"].sum())
        assert about.column_names_to_labels["weight"] == "Endelig vægt"
        assert "Kommune" in about.variable_value_labels["reg_sector"].values()
        assert about.column_names_to_labels["reg_sector"]


def test_no_file_names_a_unit_and_pseudonyms_need_the_key(desk: pipeline.Desk, written: Path) -> None:
    units = pl.read_parquet(desk.build.root / "answers" / "workplaces.parquet")["unit_id"]
    table = pl.read_parquet(written / "answers.parquet")
    assert "unit_id" not in table.columns
    assert not set(table["case_id"]) & set(units)
    again = research_files(desk, "da", ("parquet",), "key")["workplaces/answers.parquet"]
    other = research_files(desk, "da", ("parquet",), "another key")["workplaces/answers.parquet"]
    assert again == (written / "answers.parquet").read_bytes()
    assert not set(pl.read_parquet(other)["case_id"]) & set(table["case_id"])


def test_the_codebook_lists_groups_and_questions_with_counts(written: Path) -> None:
    book = ElementTree.parse(written / "codebook.xml").getroot()
    names = {"d": "ddi:codebook:2_5"}
    variables = [one.get("name") for one in book.findall(".//d:var", names)]
    assert variables[0] == "reg_sector"
    assert "service" in variables
    assert book.find(".//d:catStat", names) is not None
    assert "reg_sector" in (written / "codebook.html").read_text()


@pytest.mark.django_db(transaction=True)
def test_the_command_writes_into_the_build_folder_and_never_into_a_release(
    desk: pipeline.Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from barometer.cli import main
    from barometer.web.audit.models import Event

    monkeypatch.setattr("barometer.cli._research.open_installation", lambda workspace: None)
    monkeypatch.setenv("BAROMETER_LINK_KEY", "key")
    workspace = desk.build.workspace
    for step in (pipeline.estimate_programme, pipeline.protect_estimates):
        step(desk)
    main(["--workspace", str(workspace), "research-file", str(workspace / "starter"), "--format", "parquet"])
    folder = desk.build.root / "research"
    assert str(folder / "workplaces" / "answers.parquet") in capsys.readouterr().out
    assert folder.stat().st_mode & 0o077 == 0
    assert Event.objects.filter(act="research file written").exists()
    assert not (workspace / "releases").exists()


def test_a_language_the_edition_lacks_is_told(desk: pipeline.Desk) -> None:
    with pytest.raises(BadInput) as caught:
        checked_language(desk.edition, "fi")
    assert caught.value.problems[0].code == "C063"
    assert checked_language(desk.edition, "") == desk.edition.languages[0]
