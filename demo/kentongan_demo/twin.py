"""The browser twin: a page with a kentongan in it, served on this machine alone, and its identity in the first RT.

The page's files, the node's own files and MicroPython's WebAssembly build come from the checkout and its cache. The city
is told of this kentongan when the page is first opened: one that nobody ever switched on would only look broken.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "firmware" / "browser_twin"
WASM_FILES = ("micropython.mjs", "micropython.wasm")
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".wasm": "application/wasm",
    ".json": "application/json",
}
MISSING = {
    "id": "MicroPython untuk peramban belum ada. Ketik: sudo apt-get install npm, lalu: python3 setup/parts.py micropython-wasm, "
    "dan muat ulang halaman ini.",
    "en": "MicroPython for the browser is not here. Type: sudo apt-get install npm, then: python3 setup/parts.py micropython-wasm, "
    "and load this page again.",
}


class TwinServer:
    """Serves the page at `url`; `identity` are the node's settings, `on_open` is called once, before they are given out."""

    def __init__(self, identity: dict[str, Any], region: str, on_open: Callable[[], None]) -> None:
        self._identity = {"settings": identity, "region": region}
        self._on_open: Callable[[], None] | None = on_open
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.file))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def stop(self) -> None:
        """Close the door."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def file(self, path: str) -> tuple[bytes, str] | None:
        """The bytes and the kind of what the page asks for; None for anything else."""
        name = path.split("?", maxsplit=1)[0].lstrip("/") or "index.html"
        if name == "identity.json":
            return json.dumps(self._open()).encode(), TYPES[".json"]
        if name == "firmware.json":
            return json.dumps(firmware()).encode(), TYPES[".json"]
        folder, _, last = name.rpartition("/")
        if folder == "micropython" and last in WASM_FILES:
            found = micropython_wasm()
            return None if found is None else ((found / last).read_bytes(), TYPES[Path(last).suffix])
        own = {entry.name for entry in PAGE.iterdir() if entry.suffix in TYPES}
        return ((PAGE / name).read_bytes(), TYPES[Path(name).suffix]) if name in own else None

    def _open(self) -> dict[str, Any]:
        if micropython_wasm(fetch=True) is None:
            return {"missing": MISSING}
        with self._lock:
            tell, self._on_open = self._on_open, None
            if tell is not None:
                tell()
        return self._identity


def firmware() -> dict[str, str]:
    """Every Python file that the page's MicroPython needs, by its place under /lib."""
    files = {}
    for folder, room in (("contract", "kentongan_contract"), ("firmware", "kentongan_node"), ("firmware", "simulator")):
        for path in sorted((ROOT / folder / room).glob("*.py")):
            files[f"{room}/{path.name}"] = path.read_text(encoding="utf-8")
    files |= {path.name: path.read_text(encoding="utf-8") for path in sorted(PAGE.glob("*.py"))}
    return files


def micropython_wasm(*, fetch: bool = False) -> Path | None:
    """The folder of MicroPython's WebAssembly build, fetched with npm if wanted; None where it cannot be had."""
    for folder in sorted((ROOT / ".cache").glob("micropython-wasm-*")):
        if (folder / WASM_FILES[1]).is_file():
            return folder
    if not fetch:
        return None
    command = [sys.executable, str(ROOT / "setup" / "parts.py"), "micropython-wasm"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)  # noqa: S603  # our own command
    return micropython_wasm() if done.returncode == 0 else None


def _handler(file: Callable[[str], tuple[bytes, str] | None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            found = file(self.path)
            body, kind = found or (b"No such file.", "text/plain")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-cache")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:  # the page is no news
            pass

    return Handler
