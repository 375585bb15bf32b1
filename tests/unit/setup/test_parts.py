"""Finding parts, and the sentence for each that cannot be had. apt itself reads the sample sources and archives here."""

import os
import subprocess
import sys
from pathlib import Path

import parts
import pytest

SCRIPT = Path(parts.__file__)
ONE_LINE = """
# deb http://commented.invalid/debian trixie main
deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://list.invalid/debian bookworm main contrib
deb http://list.invalid/debian bookworm-updates main
deb http://security.invalid/debian-security bookworm-security main
deb-src http://source.invalid/debian bookworm main
deb http://ubuntu.invalid/ubuntu noble main universe
deb http://vendor.invalid/apt stable other
deb http://flat.invalid/apt ./
deb cdrom:[Debian 12]/ bookworm main
"""
DEB822 = """
Types: deb
URIs: http://off.invalid/debian
Suites: trixie
Components: main
Enabled: no

Types: deb deb-src
URIs: http://deb822.invalid/debian https://second.invalid/debian/
Suites: trixie trixie-updates
Components: main non-free-firmware

Types: deb
URIs: mirror+file:{mirrors}
Suites: forky
Components: main
"""


def printed_by_apt(folder: Path, one_line: str = "", deb822: str = "") -> str:
    """What `apt-get update --print-uris` says of these sources."""
    (folder / "parts").mkdir()
    (folder / "state" / "lists" / "partial").mkdir(parents=True)
    (folder / "sources.list").write_text(one_line, encoding="utf-8")
    (folder / "parts" / "some.sources").write_text(deb822, encoding="utf-8")
    command = ["apt-get", "update", "--print-uris"]
    for name, value in (
        ("Dir::Etc::SourceList", folder / "sources.list"),
        ("Dir::Etc::SourceParts", folder / "parts"),
        ("Dir::State", folder / "state"),
    ):
        command += ["-o", f"{name}={value}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_debian_is_found_in_one_line_sources(tmp_path):
    assert parts.debian_archives(printed_by_apt(tmp_path, ONE_LINE)) == ["http://list.invalid/debian"]


def test_debian_is_found_in_deb822_sources(tmp_path):
    mirrors = tmp_path / "mirrors.list"
    mirrors.write_text("http://mirror.invalid/debian\n", encoding="utf-8")
    found = parts.debian_archives(printed_by_apt(tmp_path, "", DEB822.format(mirrors=mirrors)))
    assert set(found) == {"http://deb822.invalid/debian", "https://second.invalid/debian", f"mirror+file:{mirrors}"}


def test_ubuntu_is_not_debian(tmp_path):
    ubuntu = (
        "deb http://ubuntu.invalid/ubuntu noble main universe\ndeb http://ubuntu.invalid/ubuntu noble-updates main\n"
    )
    assert parts.debian_archives(printed_by_apt(tmp_path, ubuntu)) == []


def test_no_sources_no_archives(tmp_path):
    assert parts.debian_archives(printed_by_apt(tmp_path)) == []
    assert parts.debian_archives("") == []


@pytest.mark.parametrize("release", ["", "Origin: Debian\nSuite: trixie\nCodename: trixie\n"])
def test_an_archive_without_debians_signature_is_refused(tmp_path, release):
    dists = tmp_path / "archive" / "dists" / "trixie"
    (dists / "main" / "binary-amd64").mkdir(parents=True)
    (dists / "main" / "binary-amd64" / "Packages").write_text("", encoding="utf-8")
    (dists / "Release").write_text(release, encoding="utf-8")
    with pytest.raises(parts.MissingPartError, match="index cannot be had"):
        parts.fetch_micropython(f"file:{tmp_path / 'archive'}", tmp_path / "cache", lambda _: None)
    assert list((tmp_path / "cache").iterdir()) == []


def test_an_archive_that_cannot_be_reached_is_a_sentence(tmp_path):
    with pytest.raises(parts.MissingPartError, match="E: "):
        parts.fetch_micropython(f"file:{tmp_path}/nowhere", tmp_path / "cache", lambda _: None)


@pytest.mark.slow
@pytest.mark.real
def test_the_fetched_interpreter_runs_wherever_it_lies(tmp_path):
    """From this machine's own Debian archive; Ubuntu has none, and a package of its own."""
    archives = parts.debian_archives(parts.apt_sources())
    if not archives:
        assert parts.micropython().is_file()
        return
    said: list[str] = []
    parts.fetch_micropython(archives[0], tmp_path / "cache", said.append)
    assert len(said) == 1
    assert [file.name for file in (tmp_path / "cache").iterdir()] == ["micropython"]
    moved = (tmp_path / "cache").rename(tmp_path / "moved elsewhere")
    wrapper = moved / "micropython" / "bin" / "micropython"
    (tmp_path / "link").symlink_to(wrapper)
    for program in (wrapper, tmp_path / "link"):
        run = subprocess.run(
            [program, "-c", "import sys; print(sys.implementation.name, sys.argv)", "a b"],
            capture_output=True,
            text=True,
        )
        assert run.stdout == "micropython ['-c', 'a b']\n", run.stderr


def run_script(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    base = {key: value for key, value in os.environ.items() if not key.startswith("KENTONGAN_")}
    return subprocess.run(
        [sys.executable, "-B", SCRIPT, *words],
        env=base | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def not_root():
    """An ordinary user's rights, for as long as the test runs."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    yield
    os.seteuid(was)


def test_who_may_not_install_is_told_the_line(tmp_path, monkeypatch, not_root):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    with pytest.raises(parts.MissingPartError, match=r"^A part is missing\. Type: sudo apt-get install a-package$"):
        parts.install("A part", "a-package", ("a-program",), print)


def test_a_machine_without_apt_is_told_what_to_do(tmp_path):
    run = run_script("victoria-metrics", PATH=str(tmp_path))
    assert run.returncode == 1
    assert "has no apt" in run.stderr


def test_a_named_program_that_is_none_is_a_sentence():
    run = run_script("micropython", KENTONGAN_MICROPYTHON="/nowhere/micropython")
    assert run.returncode == 1
    assert run.stderr == "micropython: KENTONGAN_MICROPYTHON names /nowhere/micropython, which is no program.\n"


def test_a_named_program_is_taken(tmp_path):
    program = tmp_path / "micropython"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    run = run_script("micropython", KENTONGAN_MICROPYTHON=str(program))
    assert (run.returncode, run.stdout) == (0, f"micropython: {program}\n")


def test_words_it_does_not_know():
    for words in ((), ("nonsense",), ("tests", "twice")):
        run = run_script(*words)
        assert run.returncode == 2
        assert run.stderr.startswith("usage: ")


def test_no_address_stands_in_the_script():
    assert "://" not in SCRIPT.read_text(encoding="utf-8")


def test_without_npm_the_browsers_micropython_says_what_to_type(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(parts.MissingPartError, match="apt-get install npm"):
        parts.micropython_wasm(lambda _: None, tmp_path)


def test_what_npm_brings_must_be_what_was_pinned(tmp_path, monkeypatch):
    npm = tmp_path / "npm"
    npm.write_text('#!/bin/sh\nprintf forged > "$4/package.tgz"\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(parts.MissingPartError, match="not the"):
        parts.micropython_wasm(lambda _: None, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
