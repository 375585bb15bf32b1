"""A release as it is made and as a kentongan takes it: signed by `cryptography`, verified by the node's own arithmetic."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan_node.firmware_manifest import UpdateError, read
from kentongan_node.p256 import verify
from kentongan_node.slots import Slots
from kentongan_node.update import Update
from kentongan_release.bundle import ARCHITECTURES, HEAD, public_of, sign

KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = bytes.fromhex(public_of(KEY))
FILE = ["kentongan_node/node.mpy", 3, "00" * 32]
BODY = {"version": "0.2.0", "sequence": 7, "boards": ["esp32_s3"], "files": [FILE]}


def _read(board: str = "esp32_s3", newest: int = 6, key: bytes = PUBLIC, **changes: object):
    return read(sign(KEY, json.dumps({**BODY, **changes}).encode()), key, board, newest)


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=300))
def test_what_the_other_hand_signs_verifies_and_nothing_else(message: bytes) -> None:
    signature = bytes.fromhex(sign(KEY, message)[:128].decode())
    assert verify(PUBLIC, HEAD + message, signature)
    assert not verify(PUBLIC, HEAD + message + b"x", signature)
    assert not verify(PUBLIC, message, signature)


def test_a_signed_manifest_is_read() -> None:
    manifest = _read()
    assert (manifest.version, manifest.sequence, manifest.files) == ("0.2.0", 7, [tuple(FILE)])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"newest": 7}, "an older update"),
        ({"newest": 8}, "an older update"),
        ({"board": "pico_w"}, "not for the board pico_w"),
        ({"key": bytes.fromhex(public_of(ec.generate_private_key(ec.SECP256R1())))}, "the signature does not fit"),
        ({"files": []}, "no manifest of ours"),
        ({"files": [["../settings.json", 3, "00" * 32]]}, "no manifest of ours"),
        ({"files": [["/boot.py", 3, "00" * 32]]}, "no manifest of ours"),
        ({"files": [["a//b", 3, "00" * 32]]}, "no manifest of ours"),
        ({"files": [["a", 1 << 21, "00" * 32]]}, "no manifest of ours"),
        ({"files": [FILE, FILE]}, "no manifest of ours"),
        ({"sequence": "7"}, "no manifest of ours"),
    ],
)
def test_a_manifest_is_refused_with_a_sentence(changes: dict, sentence: str) -> None:
    with pytest.raises(UpdateError, match=sentence):
        _read(**changes)


def test_every_changed_byte_of_a_manifest_is_noticed() -> None:
    data = sign(KEY, json.dumps(BODY).encode())
    for at in range(0, len(data), 7):
        with pytest.raises(UpdateError):
            read(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], PUBLIC, "esp32_s3", 0)
    for short in (b"", b"x" * 20_000, data[:128]):
        with pytest.raises(UpdateError, match="not a manifest"):
            read(short, PUBLIC, "esp32_s3", 0)


def test_a_release_is_built_served_and_installed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kentongan_release"]
    key, out = tmp_path / "release.key", tmp_path / "out"
    made = subprocess.run([*command, "make-key", "--key", str(key)], capture_output=True, text=True, check=True)
    public = bytes.fromhex(made.stdout.split('"')[3])
    assert key.stat().st_mode & 0o077 == 0
    words = ["release", "--key", str(key), "--sequence", "3", "--version", "0.2.0", "--into", str(out)]
    assert subprocess.run([*command, *words], capture_output=True, text=True, check=True).stdout.count(
        "signed by"
    ) == len(ARCHITECTURES)
    again = subprocess.run([*command, *words], capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert "is not empty" in again.stderr
    assert {folder.name for folder in out.iterdir()} == set(ARCHITECTURES)
    served = out / "any"
    manifest = read((served / "manifest").read_bytes(), public, "esp32_s3", 2)
    flash = tmp_path / "flash"
    flash.mkdir()
    fetched = []
    is_calm = True

    async def fetch(path: str, at: int, size: int) -> bytes:
        fetched.append(path)
        return (served / "files" / path).read_bytes()[at : at + size]

    def install() -> None:
        asyncio.run(Update(Slots(str(flash)), lambda: is_calm).install(manifest, fetch))

    is_calm = False
    with pytest.raises(UpdateError, match="the siren sounds"):
        install()
    assert Slots(str(flash)).choose() is None
    is_calm = True
    fetched.clear()
    spoilt = flash / "a" / manifest.files[0][0]
    spoilt.parent.mkdir(parents=True, exist_ok=True)
    spoilt.write_bytes(b"half")
    (flash / "a" / "left_over.mpy").write_bytes(b"x")
    install()
    assert set(fetched) == {path for path, _, _ in manifest.files}
    assert not (flash / "a" / "left_over.mpy").exists()
    assert Slots(str(flash)).choose() == "a"
    with pytest.raises(UpdateError, match="on trial already"):
        install()
    assert list((flash / "a" / "kentongan_node").iterdir())
