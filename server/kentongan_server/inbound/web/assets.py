"""The page's files, read once and served from memory: no path from outside ever reaches the file system.

Own files live under a version made of their content, so that a browser may keep them for ever and never mixes two
releases. Scripts travel without their comments and indentation, a third of their weight on a slow telephone; names and
lines of code stay as written. Leaflet comes from its own package and keeps its plain path.
"""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, Response
from xstatic.pkg import leaflet

HERE = Path(__file__).parent
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
_WORTH_PACKING = 400

_BLOCK_COMMENT = re.compile(r"^[ \t]*/\*.*?\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
_LINE_COMMENT = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
_IMPORT = re.compile(r"^import .*? from \"\./(\w+\.js)\";$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it travels, plain and packed."""

    body: bytes
    packed: bytes | None
    media_type: str
    etag: str

    @classmethod
    def of(cls, body: bytes, suffix: str) -> "Asset":
        """Pack what becomes smaller by it."""
        packable = suffix != ".png" and len(body) >= _WORTH_PACKING
        packed = gzip.compress(body, 9, mtime=0) if packable else None
        return cls(body, packed, _TYPES[suffix], f'"{hashlib.sha256(body).hexdigest()[:20]}"')

    def answer(self, request: Request, keep: str) -> Response:
        """The file, or 304 when the browser has this very one; `keep` is the Cache-Control."""
        headers = {
            "Cache-Control": keep,
            "ETag": self.etag,
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        if request.headers.get("if-none-match") == self.etag:
            return Response(status_code=304, headers=headers)
        if self.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self.packed, media_type=self.media_type, headers=headers | {"Content-Encoding": "gzip"})
        return Response(self.body, media_type=self.media_type, headers=headers)


def page_assets() -> tuple[str, Mapping[str, Asset]]:
    """The version of the page's own files, and the files by name (`app.js`, `i18n/id.json`)."""
    files = {path.name: path for path in (HERE / "static").iterdir() if path.suffix in _TYPES}
    files |= {f"i18n/{path.name}": path for path in (HERE / "i18n").glob("*.json")}
    assets = {name: Asset.of(_body(path), path.suffix) for name, path in sorted(files.items())}
    together = hashlib.sha256("".join(f"{name} {asset.etag}\n" for name, asset in assets.items()).encode())
    return together.hexdigest()[:12], assets


def first_load(assets: Mapping[str, Asset]) -> list[str]:
    """The scripts that `app.js` cannot start without, itself excluded, in no order that matters."""
    found: list[str] = []
    waiting = ["app.js"]
    while waiting:
        for name in _IMPORT.findall(assets[waiting.pop()].body.decode()):
            if name not in found:
                found.append(name)
                waiting.append(name)
    return found


def lean_script(source: str) -> str:
    """The script without whole-line comments and indentation; untouched when a template text spans lines."""
    if any(line.count("`") % 2 for line in source.splitlines()):
        return source
    bare = _LINE_COMMENT.sub("", _BLOCK_COMMENT.sub("", source))
    return "".join(f"{line.strip()}\n" for line in bare.splitlines() if line.strip())


def _body(path: Path) -> bytes:
    return lean_script(path.read_text("utf-8")).encode() if path.suffix == ".js" else path.read_bytes()


def leaflet_assets() -> Mapping[str, Asset]:
    """Leaflet's script and style sheet, from the installed package."""
    folder = Path(leaflet.BASE_DIR)
    return {name: Asset.of((folder / name).read_bytes(), Path(name).suffix) for name in ("leaflet.js", "leaflet.css")}
