"""HTTP to addresses that people gave us, who may mean our own machines: server-side request forgery ends here.

A name is looked up once, every address it has must be a public one, and the connection goes to the very address that
was looked at: a name that changes its mind between the look and the connection (DNS rebinding) gains nothing. No
redirect is followed, no proxy of the environment is used.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable

import httpx

ATTEMPT_S = 10.0
Resolve = Callable[[str, int], Awaitable[list[str]]]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_CARRIER = (ipaddress.ip_network("100.64.0.0/10"), ipaddress.ip_network("192.88.99.0/24"))


class ForbiddenAddressError(httpx.TransportError):
    """The address is not one that strangers may send us to."""


def is_public(address: str) -> bool:
    """True for an address on the open internet, whatever it is wrapped in."""
    try:
        ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    elif any(ip in network for network in _CARRIER):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


async def resolve(host: str, port: int) -> list[str]:
    """Every address of the name."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class _Guard(httpx.AsyncBaseTransport):
    def __init__(self, inner: httpx.AsyncBaseTransport, allow_private: bool, look_up: Resolve) -> None:
        self._inner = inner
        self._allow_private = allow_private
        self._look_up = look_up

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if url.scheme != "https" and not self._allow_private:
            raise ForbiddenAddressError("Only https addresses may be used.", request=request)
        try:
            addresses = await self._look_up(url.host, url.port or 443)
        except OSError as error:
            raise httpx.ConnectError("The name has no address.", request=request) from error
        if not addresses or not (self._allow_private or all(map(is_public, addresses))):
            raise ForbiddenAddressError("The address is not a public one.", request=request)
        if url.scheme == "https":
            request.extensions = {**request.extensions, "sni_hostname": url.host}
        request.url = url.copy_with(host=addresses[0])  # the Host header keeps the name
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def guarded_client(*, allow_private: bool = False, look_up: Resolve = resolve) -> httpx.AsyncClient:
    """A client for foreign addresses; `allow_private` opens it to loopback and http, for tests and closed networks."""
    transport = httpx.AsyncHTTPTransport(
        verify=True,
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
        trust_env=False,
    )
    return httpx.AsyncClient(
        transport=_Guard(transport, allow_private, look_up),
        timeout=ATTEMPT_S,
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": "kentongan-server"},
    )
