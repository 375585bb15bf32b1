"""The committed pin files are what the pin maps say, and `--check` notices when they are not."""

import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from generate import AGAIN, HERE, HOUSE, files, main, render
from pin_rules import read_board

FILES = tuple(files())
NODE = "firmware/kentongan_node/pins_esp32_s3.py"
SOURCES = sorted(HERE.glob("*.toml"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HOUSE / name, tmp_path / name)
    return tmp_path


def test_the_committed_files_are_current():
    done = subprocess.run([sys.executable, HERE / "generate.py", "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_there_is_a_board_for_every_node_that_the_firmware_knows():
    names = {Path(name).name for name in FILES if name.startswith("firmware/") and "pins_" in name}
    assert names == {path.name for path in (HOUSE / "firmware/kentongan_node").glob("pins_*.py")}
    assert len(names) == 5


@pytest.mark.parametrize("name", FILES)
def test_check_fails_with_the_line_to_run_and_changes_nothing(copy, name, capsys):
    edited = (copy / name).read_text() + "\n# mine\n"
    (copy / name).write_text(edited)
    assert main(["--check"], house=copy) == 1
    assert capsys.readouterr().err == f"{name} differs from its pin map. Run: {AGAIN}\n"
    assert (copy / name).read_text() == edited


def test_a_missing_file_is_stale_and_then_written(copy):
    (copy / NODE).unlink()
    assert main(["--check"], house=copy) == 1
    assert main([], house=copy) == 0
    assert main(["--check"], house=copy) == 0
    assert (copy / NODE).read_bytes() == (HOUSE / NODE).read_bytes()


def test_a_broken_map_writes_nothing(copy, tmp_path, capsys):
    maps = tmp_path / "maps"
    maps.mkdir()
    text = (HERE / "esp32_s3_devkitc.toml").read_text().replace("SIREN = 15", "SIREN = 20")
    (maps / "esp32_s3_devkitc.toml").write_text(text)
    (copy / NODE).unlink()
    assert main([], house=copy, maps=maps) == 1
    assert "SIREN: pin 20 is high at power-up" in capsys.readouterr().err
    assert not (copy / NODE).exists()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_written_file_runs_and_says_the_map(source, tmp_path):
    board = read_board(source)
    written = tmp_path / "pins.py"
    written.write_text(render(board))
    names = runpy.run_path(str(written))
    for signal in board.signals:
        pin = f"{board.prefix}{signal.pin}" if board.prefix else signal.pin
        assert names[signal.name] == pin
        assert (pin in names["ACTIVE_LOW"]) == (pin is not None and signal.active == "low")
        assert (pin in names["PULLED_UP"]) == (pin is not None and signal.pull == "up")
        assert (pin in names["PULLED_DOWN"]) == (pin is not None and signal.pull == "down")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_siren_of_every_board_is_off_while_it_boots(source):
    siren = next(signal for signal in read_board(source).signals if signal.name == "SIREN")
    assert (siren.boot, siren.active, siren.idle) == ("off", "high", "low")


def test_the_pi_keeps_every_output_where_the_boot_pull_is_down():
    board = read_board(HERE / "raspberry_pi_gateway.toml")
    outputs = [signal.pin for signal in board.signals if signal.direction == "output"]
    assert outputs
    assert all(9 <= pin <= 27 for pin in outputs if pin != 14)  # 14 is the UART's, high at rest by its nature
