"""Whether what somebody wrote is the address of a web server; where it leads is looked at when it is used."""

from urllib.parse import urlsplit


def is_web_address(said: str) -> bool:
    """True for http and https with a host, without a password or anything unprintable in it."""
    try:
        parts = urlsplit(said)
        _ = parts.port
    except ValueError:
        return False
    plain = said.isascii() and said.isprintable() and " " not in said
    return plain and parts.scheme in ("https", "http") and bool(parts.hostname) and "@" not in parts.netloc
