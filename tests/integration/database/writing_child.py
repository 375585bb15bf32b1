"""A process that takes reports and says each one that it has acknowledged, until it is killed."""

import asyncio
import sys
from pathlib import Path

from tests.integration.database.furnished import furnish, opened, report

SIDE_BY_SIDE = 20


async def main(path: Path) -> None:
    with opened(path) as transactions:
        await furnish(transactions)

        async def reporter(number: int) -> None:
            for count in range(1_000_000):
                taken = await report(transactions, f"r-{number}-{count}")
                sys.stdout.write(f"{taken.report}\n")
                sys.stdout.flush()

        await asyncio.gather(*(reporter(number) for number in range(SIDE_BY_SIDE)))


asyncio.run(main(Path(sys.argv[1])))
