"""One attempt at one document over one pool of connections; who tries again, and when, is the outbox's affair."""

import asyncio
from collections.abc import Mapping

import httpx

from kentongan_server.ports.responder import DeliveryError

ATTEMPT_SECONDS = 5.0
_MOST_ANSWER_BYTES = 64 * 1024


def open_connections() -> httpx.AsyncClient:
    """The pool that all responders share. Redirects are not followed: a document goes where we were told, or nowhere."""
    return httpx.AsyncClient(
        timeout=ATTEMPT_SECONDS,
        follow_redirects=False,
        limits=httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=60),
        headers={"User-Agent": "kentongan-server"},
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
        raise DeliveryError(f"The recipient could not be reached ({type(error).__name__}).") from error
    except httpx.HTTPError as error:
        raise DeliveryError(f"The recipient's answer could not be read ({type(error).__name__}).") from error
    if not answer.is_success:
        raise DeliveryError(f"The recipient answered {answer.status_code} instead of taking the document.")


async def _read_to_the_end(answer: httpx.Response) -> None:
    """Half an answer is no answer; an endless one is cut off. Only what is read to its end frees the connection."""
    taken = 0
    async for part in answer.aiter_bytes():
        taken += len(part)
        if taken > _MOST_ANSWER_BYTES:
            raise DeliveryError(f"The recipient answered with more than {_MOST_ANSWER_BYTES} bytes.")
