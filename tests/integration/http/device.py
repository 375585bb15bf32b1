"""A browser on somebody's device, as far as HTTP sees it: it keeps cookies and says where its requests come from."""

from typing import Any

import httpx
from tests.integration.served import Served

from kentongan_server.use_cases.governing.open_session import open_session, prove_session

PASSWORD = "kopi tubruk di pos ronda"


class Device(httpx.Client):
    """Requests as our own page would send them."""

    def __init__(self, served: Served) -> None:
        origin = {"Origin": served.base_url, "User-Agent": "a phone"}
        super().__init__(base_url=served.base_url, headers=origin, timeout=20, trust_env=False)
        self._served = served

    def is_let_in(self, person_id: str, *, proven: bool = True) -> "Device":
        """Give the device a session of this person, as if they had signed in."""
        state = self._served.app.state

        def open_one(uow: Any) -> str:
            person = uow.people.person(person_id, uow.now())
            opened = open_session(uow, state.maker, person, "a phone")
            if not proven:
                return opened.token
            return prove_session(uow, state.maker, person_id, opened.session.id).token

        self.cookies.set("kentongan", self._served.run(open_one), domain="127.0.0.1")
        return self
