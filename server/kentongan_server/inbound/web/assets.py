"""The page's files, read once and served from memory: no path from outside ever reaches the file system.

Own files live under a version made of their content, so that a browser may keep them for ever and never mixes two
releases. Leaflet comes from its own package and keeps its plain path.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, Response
from xstatic.pkg import leaflet

from kentongan_server.inbound.web.joined_script import join

HERE = Path(__file__).parent
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"

SMALL_PAGES = "people"  # their modules, and the entry that is joined of them

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it travels, plain and packed."""

    body: bytes
    packed: bytes
    media_type: str
    etag: str

    @classmethod
    def of(cls, body: bytes, suffix: str) -> "Asset":
        """The file's bytes, packed once for all who take gzip."""
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        return cls(body, gzip.compress(body, 9, mtime=0), _TYPES[suffix], etag)

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
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self.packed, media_type=self.media_type, headers=headers | {"Content-Encoding": "gzip"})
        return Response(self.body, media_type=self.media_type, headers=headers)


def page_assets() -> tuple[str, Mapping[str, Asset]]:
    """The version of the page's own files, and the files by name (`app.js`, `i18n/id.json`)."""
    static = HERE / "static"
    sources = {path.name: path.read_text("utf-8") for path in static.glob("*.js")}
    small = {name for name in sources if name.startswith(SMALL_PAGES)}
    scripts = join({name: source for name, source in sources.items() if name not in small})
    entry = f"{SMALL_PAGES}.js"
    scripts[entry] = join(sources, entry)[entry]
    assets = {name: Asset.of(script.encode(), ".js") for name, script in scripts.items()}
    others = {path.name: path for path in static.iterdir() if path.suffix in (".css", ".svg")}
    others |= {f"i18n/{path.name}": path for path in (HERE / "i18n").glob("*.json")}
    assets |= {name: Asset.of(path.read_bytes(), path.suffix) for name, path in others.items()}
    together = "".join(f"{name} {assets[name].etag}\n" for name in sorted(assets))
    return hashlib.sha256(together.encode()).hexdigest()[:12], assets


def leaflet_assets() -> Mapping[str, Asset]:
    """Leaflet's script and style sheet, from the installed package."""
    folder = Path(leaflet.BASE_DIR)
    return {name: Asset.of((folder / name).read_bytes(), Path(name).suffix) for name in ("leaflet.js", "leaflet.css")}
