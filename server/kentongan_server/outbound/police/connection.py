"""One attempt at one document over one pool of connections; who tries again, and when, is the outbox's affair."""

import asyncio
import ssl
from collections.abc import Mapping
from pathlib import Path

import httpx

from kentongan_server.ports.responder import DeliveryError

ATTEMPT_SECONDS = 5.0
_MOST_ANSWER_BYTES = 64 * 1024


def open_connections(vouched_by: Path | None = None) -> httpx.AsyncClient:
    """One recipient's pool. Redirects are not followed: a document goes where we were told, or nowhere.

    `vouched_by` holds the certificates (PEM) that a TLS recipient must show or be signed by; else the public authorities
    vouch. ValueError when it cannot be read.
    """
    return httpx.AsyncClient(
        verify=True if vouched_by is None else _trusting(vouched_by),
        timeout=ATTEMPT_SECONDS,
        follow_redirects=False,
        limits=httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=60),
        headers={"User-Agent": "kentongan-server", "Accept-Encoding": "identity"},
    )


async def post_once(
    connections: httpx.AsyncClient,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    seconds: float = ATTEMPT_SECONDS,
) -> None:
    """Return on a whole 2xx answer within `seconds` in all; DeliveryError otherwise. The sentence names no address."""
    try:
        async with asyncio.timeout(seconds):
            async with connections.stream("POST", url, content=body, headers=headers) as answer:
                await _read_to_the_end(answer)
    except (TimeoutError, httpx.TimeoutException) as error:
        raise DeliveryError(f"The recipient did not answer within {seconds:g} seconds.") from error
    except httpx.NetworkError as error:
        if _is_distrust(error):
            raise DeliveryError("The recipient shows a TLS certificate that nobody we trust vouches for.") from error
        raise DeliveryError(f"The recipient could not be reached ({type(error).__name__}).") from error
    except httpx.HTTPError as error:
        raise DeliveryError(f"The recipient's answer could not be read ({type(error).__name__}).") from error
    if not answer.is_success:
        raise DeliveryError(f"The recipient answered {answer.status_code} instead of taking the document.")


async def _read_to_the_end(answer: httpx.Response) -> None:
    """Half an answer is no answer; an endless one is cut off. Only what is read to its end frees the connection.

    The bytes are counted as they travel and never unpacked: nothing in them is used, and a packed answer could be a bomb.
    """
    taken = 0
    async for part in answer.aiter_raw():
        taken += len(part)
        if taken > _MOST_ANSWER_BYTES:
            raise DeliveryError(f"The recipient answered with more than {_MOST_ANSWER_BYTES} bytes.")


def _trusting(certificates: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(certificates))
    except OSError as error:  # ssl.SSLError is one
        raise ValueError(
            f"The TLS certificates {certificates} cannot be read; name a PEM file that holds them."
        ) from error


def _is_distrust(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
