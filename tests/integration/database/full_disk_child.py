"""A process that takes reports until there is no room, goes on trying, is given room, and goes on.

It says one JSON line for each report: {"report", "kept", "phase"}.
"""

import asyncio
import json
import resource
import sys
from pathlib import Path

from tests.integration.database.furnished import furnish, opened, report

TEXT = "x" * 900
ROOM = 256 * 1024


def fill(path: Path, how: str) -> None:
    """Leave little room: a quota for every file of this process, or a small disk that a ballast has almost filled."""
    if how == "quota":
        largest = max(file.stat().st_size for file in path.parent.iterdir())
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + ROOM, resource.RLIM_INFINITY))


def make_room(path: Path, how: str) -> None:
    """Give the room back."""
    if how == "quota":
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    else:
        (path.parent / "ballast").unlink()


async def main(path: Path, how: str) -> None:
    with opened(path) as transactions:
        await furnish(transactions)
        fill(path, how)

        async def attempt(name: str, phase: str) -> bool:
            try:
                await report(transactions, name, TEXT)
            except Exception as error:  # noqa: BLE001  # whatever a full disk raises is a refusal
                print(json.dumps({"report": name, "kept": False, "phase": phase, "error": type(error).__name__}))
                return False
            print(json.dumps({"report": name, "kept": True, "phase": phase}))
            return True

        refused = []
        for group in range(10_000):
            names = [f"filling-{group}-{number}" for number in range(10)]
            kept = await asyncio.gather(*(attempt(name, "filling") for name in names))
            refused = [name for name, was_kept in zip(names, kept, strict=True) if not was_kept]
            if refused:
                break
        for number in range(100):  # a small one may still fit where a group did not
            if not await attempt(f"full-{number}", "full"):
                break
        make_room(path, how)
        for name in [*refused, *(f"after-{number}" for number in range(20))]:
            await attempt(name, "after")
    print(json.dumps({"closed": True}))


asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
