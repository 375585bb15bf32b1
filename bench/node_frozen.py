"""The node as a chip runs it: frozen into a 32-bit interpreter, its bytecode in flash (here: in the program's own pages).

MicroPython's source comes as Debian's source package through apt, and is built once into `.cache` with gcc's 32-bit half.
Where either is missing StandError says what to type, and the other figures stand alone. TLS is left out: its memory is no part
of this heap, on a chip either.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import parts

from bench.stand import ROOT, StandError

CACHE = ROOT / ".cache" / "micropython-frozen"
_MANIFEST = f"""include("$(MPY_DIR)/extmod/asyncio")
package("kentongan_contract", base_path="{ROOT / "contract"}", opt=3)
package("kentongan_node", base_path="{ROOT / "firmware"}", opt=3)
module("unix_main.py", base_path="{ROOT / "firmware"}", opt=3)
package("simulator", files=("__init__.py", "board_twin.py", "unix_serial_port.py", "virtual_node.py"),
        base_path="{ROOT / "firmware"}", opt=3)
"""
# what a node does not use, and what Debian has taken out of the source
_WITHOUT = ("FFI", "BTREE", "SSL")
CLIENT = ("mqtt_packets", "tcp_stream", "mqtt_client")
_WEIGH = """
import gc, sys
def weigh(names):
    gc.collect()
    before = gc.mem_alloc()
    for name in names:
        __import__(name)
    gc.collect()
    return gc.mem_alloc() - before
import asyncio, json, kentongan_node.clock
client = weigh(["kentongan_node." + name for name in sys.argv[1].split(",")])
print(client, client + weigh(["kentongan_node.mqtt_uplink", "kentongan_node.composition", "kentongan_contract.peers"]))
"""


def interpreter() -> Path:
    """The interpreter with today's node in it; StandError where it cannot be built here."""
    if shutil.which("gcc") is None or not _compiles_32_bits():
        raise StandError("gcc for 32 bits is missing: sudo apt-get install gcc make gcc-multilib.")
    tree = CACHE / "source"
    if not (tree / "ports" / "unix").is_dir():
        _unpack(tree)
    manifest = CACHE / "manifest.py"
    manifest.write_text(_MANIFEST, encoding="utf-8")
    port = tree / "ports" / "unix"
    shutil.rmtree(
        port / "build-standard" / "frozen_mpy", ignore_errors=True
    )  # it trusts file times, which a checkout sets back
    _make(tree / "mpy-cross")
    _make(port, "MICROPY_FORCE_32BIT=1", *(f"MICROPY_PY_{part}=0" for part in _WITHOUT), "MICROPY_SSL_MBEDTLS=0",
          f"FROZEN_MANIFEST={manifest}")  # fmt: skip
    return port / "build-standard" / "micropython"


def imported(program: Path) -> tuple[int, int]:
    """Bytes of heap that importing takes: (the MQTT client, the whole node with it), after asyncio and json."""
    done = subprocess.run(
        [str(program), "-c", _WEIGH, ",".join(CLIENT)],
        env={**os.environ, "MICROPYPATH": ".frozen"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    client, whole = done.stdout.split()
    return int(client), int(whole)


def _compiles_32_bits() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "one.c"
        source.write_text("#include <stdio.h>\nint main(void) { return 0; }\n")
        command = ["gcc", "-m32", str(source), "-o", str(source.with_suffix(""))]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _unpack(tree: Path) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    archives = parts.debian_archives(parts.apt_sources()) if shutil.which("apt-get") else []
    if not archives:
        raise StandError("MicroPython's source comes from a Debian archive, and apt knows none here.")
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        folder = Path(name)
        try:
            found = parts.fetch_micropython_source(archives[0], folder)
        except parts.MissingPartError as problem:
            raise StandError(str(problem)) from problem
        # an empty library is enough: everything frozen is named by path
        (found / "lib" / "micropython-lib").mkdir(parents=True, exist_ok=True)
        (found / "lib" / "micropython-lib" / "README.md").touch()
        found.rename(tree)


def _make(folder: Path, *words: str) -> None:
    sys.stderr.write(f"building {folder.name} …\n")
    done = subprocess.run(["make", "-C", str(folder), "-j2", *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StandError(f"MicroPython's {folder.name} does not build: {done.stderr.strip().splitlines()[-1:]}")
