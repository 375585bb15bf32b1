"""One POST to a channel's server, and what its answer means."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import httpx

from kentongan_server.outbound.notify.guarded_client import ATTEMPT_S, ForbiddenAddressError
from kentongan_server.ports.notifier import NotifyError

_MOST_ANSWER_BYTES = 64 * 1024
_LONGEST_WAIT_S = 3600
_GONE = frozenset({404, 410})


async def attempt(
    client: httpx.AsyncClient,
    url: str,
    *,
    content: bytes,
    headers: Mapping[str, str],
    method: str = "POST",
    gone: frozenset[int] = _GONE,
) -> bytes:
    """The body of a whole 2xx answer; NotifyError otherwise. The sentences name no address."""
    try:
        async with asyncio.timeout(ATTEMPT_S), client.stream(method, url, content=content, headers=headers) as answer:
            body = bytearray()
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > _MOST_ANSWER_BYTES:
                    raise NotifyError(f"The channel answered with more than {_MOST_ANSWER_BYTES} bytes.")
    except ForbiddenAddressError as error:
        raise NotifyError(f"{error} Nothing was sent.", refused=True) from error
    except (TimeoutError, httpx.TimeoutException) as error:
        raise NotifyError(f"The channel did not answer within {ATTEMPT_S:g} seconds.") from error
    except (httpx.InvalidURL, UnicodeError) as error:
        raise NotifyError("The channel's address is none.", refused=True) from error
    except httpx.HTTPError as error:
        raise NotifyError(f"The channel could not be reached ({type(error).__name__}).") from error
    if answer.is_success:
        return bytes(body)
    status = answer.status_code
    raise NotifyError(
        f"The channel answered {status}.",
        gone=status in gone,
        refused=400 <= status < 500 and status not in (401, 403, 408, 425, 429),
        retry_after=_retry_after(answer),
    )


def _retry_after(answer: httpx.Response) -> timedelta | None:
    said = answer.headers.get("Retry-After", "")
    return timedelta(seconds=min(int(said), _LONGEST_WAIT_S)) if said.isascii() and said.isdigit() else None
