"""Long lists, page by page: `limit` of them after the one named `after`; the Link header leads to the next page (RFC 8288)."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar
from urllib.parse import quote

from fastapi import Query, Request, Response

Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=5_000, description="How many at most")]
After = Annotated[
    str | None,
    Query(
        max_length=140,
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="The last one of the page before; better: follow the Link header",
    ),
]


def page(
    request: Request, response: Response, found: Sequence[Item], limit: int, key: Callable[[Item], str]
) -> list[Item]:
    """At most `limit` of what was found (ask for one more), and a link to what follows."""
    if len(found) > limit:
        kept = {name: value for name, value in request.query_params.multi_items() if name != "after"}
        query = "&".join(f"{quote(name)}={quote(value)}" for name, value in kept.items())
        after = f"after={quote(key(found[limit - 1]), safe='')}"
        response.headers["Link"] = f'<{request.url.path}?{"&".join(filter(None, (query, after)))}>; rel="next"'
    return list(found[:limit])
