"""`barometer analyse` from the file to the words."""

import gzip
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from barometer.cli import main


def write(folder: Path) -> Path:
    rng = np.random.default_rng(5)
    sector = rng.choice(["municipality", "region", "state"], 300)
    answer = (rng.random(300) < np.where(sector == "state", 0.8, 0.3)).astype(int)
    table = pl.DataFrame({"w": 2.0, "stratum": np.arange(300) % 10, "sector": sector, "yes": answer})
    path = folder / "answers.csv"
    table.with_columns(size=pl.Series([None, "small", "large"] * 100)).write_csv(path)
    return path


def test_summary_and_coefficients(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = write(tmp_path), tmp_path / "model.csv"
    arguments = ["analyse", str(path), "--outcome", "yes", "--terms", "sector,size", "--family", "logit"]
    main([*arguments, "--weights", "w", "--strata", "stratum", "--out", str(out)])
    printed = capsys.readouterr().out
    assert "200 cases are used. Left out because a value is missing: size 100" in printed
    assert "sector goes with the share with yes = 1" in printed
    assert "size is not shown to go with" in printed
    assert "percentage points higher than municipality" in printed
    assert pl.read_csv(out)["term"].to_list() == ["(Intercept)", "sectorregion", "sectorstate", "sizesmall"]


def test_json_of_a_domain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["analyse", str(write(tmp_path)), "--outcome", "yes", "--terms", "sector", "--weights", "w", "--json"]
    main([*arguments, "--only", "size=small"])
    told = json.loads(capsys.readouterr().out)
    assert told["n"] == 100
    assert {row["term"] for row in told["coefficients"]} == {"(Intercept)", "sectorregion", "sectorstate"}
    assert told["tests"][0]["ndf"] == 2
    assert len(told["marginal_effects"]) == 2


def test_bad_input_is_told_with_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(write(tmp_path))
    for more in (["--terms", "sectr"], ["--terms", "sector", "--only", "sizes=small"]):
        with pytest.raises(SystemExit) as stopped:
            main(["analyse", path, "--outcome", "yes", "--weights", "w", *more])
        assert stopped.value.code == 17
        assert "T040" in capsys.readouterr().err


def test_unequal_probabilities_have_rs_errors(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """R: svyglm(Bush ~ Kerry, svydesign(id = ~1, fpc = ~p, data = election_pps, pps = "brewer"))."""
    golden = Path(__file__).parents[1] / "reference" / "golden" / "classic" / "election_pps.csv.gz"
    path = tmp_path / "election.csv"
    path.write_bytes(gzip.decompress(golden.read_bytes()))
    main(["analyse", str(path), "--outcome", "Bush", "--terms", "Kerry", "--fpc", "p", "--pps", "brewer", "--json"])
    constant, kerry = json.loads(capsys.readouterr().out)["coefficients"]
    assert constant["se"] == pytest.approx(1233.6175317523985, rel=1e-9)
    assert kerry["estimate"] == pytest.approx(0.67435465678550566, rel=1e-9)
    assert kerry["se"] == pytest.approx(0.055740913144519753, rel=1e-9)


def test_margins_need_weights_to_start_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["analyse", str(write(tmp_path)), "--outcome", "yes", "--terms", "sector", "--calibrate", "margins.toml"])
    assert stopped.value.code == 2
    assert "--weights" in capsys.readouterr().err
