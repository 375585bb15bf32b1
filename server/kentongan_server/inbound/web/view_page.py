"""What a browser is shown behind a link: where to look, or why there is nothing to see any more. Indonesian first."""

from datetime import timedelta, timezone

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from kentongan_server.inbound.web.assets import HERE
from kentongan_server.use_cases.forwarding.open_view import Opened

_WIB = timezone(timedelta(hours=7))
_REFUSED = {
    404: "Tautan ini tidak dikenal. Periksa apakah tersalin utuh.",
    410: "Tautan ini sudah tidak berlaku: waktunya habis, atau kejadiannya sudah selesai.",
}
_template = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
).get_template("view.html")


def view_page(opened: Opened) -> str:
    """The way to the camera or to the place."""
    return _template.render(
        opened=opened, until=opened.until.astimezone(_WIB).strftime("%H.%M WIB"), sorry=None, sorry_en=None
    )


def refusal_page(status: int, sentence: str) -> str:
    """Why it does not open."""
    return _template.render(opened=None, until=None, sorry=_REFUSED[status], sorry_en=sentence)
