"""The city's control: JSON lines over TCP on loopback, one answer a request."""

import asyncio
import json

from .city import City

LONGEST_LINE = 65_536


class Control:
    """Answers {"ok": true, …} or {"ok": false, "error": sentence}; a bad line never closes the connection."""

    def __init__(self, city: City):
        self._city = city

    async def listen(self, port: int) -> tuple[asyncio.Server, int]:
        """Listen on loopback; 0 picks a port. Gives the server and its port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", port, limit=LONGEST_LINE)
        return server, server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                if line.strip():
                    writer.write(json.dumps(self._answer(line)).encode() + b"\n")
                    await writer.drain()
        except (ConnectionError, ValueError):
            pass  # the caller has gone, or sent a line without end
        finally:
            writer.close()

    def _answer(self, line: bytes) -> dict:
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                return {"ok": False, "error": "a request is a JSON object"}
            return {"ok": True, **self._city.do(request)}
        except ValueError as error:
            return {"ok": False, "error": str(error)}
