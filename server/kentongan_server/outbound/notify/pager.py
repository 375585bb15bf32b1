"""Two ways to wake the person on duty: a line that monitoring watches, and a pager service over HTTP."""

import httpx
import structlog

from kentongan_server.ports.pager import PagingError

_SECONDS = 5.0


class LogPager:
    """Writes one critical line; for an installation where somebody's monitoring reads the log."""

    def __init__(self) -> None:
        self._log = structlog.get_logger("kentongan.pager")

    async def page(self, reason: str, incident: str | None) -> None:
        """The line is the page; it cannot fail."""
        self._log.critical("human_paged", reason=reason, incident=incident)


class HttpPager:
    """Posts {"reason", "incident"} to a pager service."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connections = httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False)

    async def page(self, reason: str, incident: str | None) -> None:
        """One attempt, five seconds; PagingError unless the service says 2xx."""
        try:
            answer = await self._connections.post(self._url, json={"reason": reason, "incident": incident})
        except httpx.HTTPError as error:
            raise PagingError(f"The pager service could not be reached ({type(error).__name__}).") from error
        if not answer.is_success:
            raise PagingError(f"The pager service answered {answer.status_code}.")

    async def close(self) -> None:
        """Let go of the connections."""
        await self._connections.aclose()
