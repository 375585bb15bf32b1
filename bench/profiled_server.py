"""The server, unchanged, under cProfile: one profile for each thread, written where BENCH_PROFILE says when it ends.

`BENCH_PROFILE=FOLDER python -m bench.profiled_server run --city CITY.json`, then `python -m pstats FOLDER/NAME.prof`.
Times are the processor's, not the wall's. A profiler slows small calls most: read the order of costs from it, and take the
costs themselves from `bench ingress`.
"""

import cProfile
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

from kentongan_server.main import app

_profiles: list[tuple[str, cProfile.Profile]] = []


def _begin(_frame: FrameType, _event: str, _argument: Any) -> None:
    """Called for the first event of each new thread; from then on the profiler itself is."""
    _profile(threading.current_thread().name)


def _profile(name: str) -> None:
    profile = cProfile.Profile(time.thread_time)  # a thread that waits for another costs nothing
    _profiles.append((name, profile))
    profile.enable()


def main() -> None:
    """Run the server's own command line."""
    folder = Path(os.environ["BENCH_PROFILE"])
    folder.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn raises it once more after its own farewell
    threading.setprofile(_begin)
    _profile("event-loop")
    try:
        app()
    finally:
        for number, (name, profile) in enumerate(_profiles):
            profile.dump_stats(folder / f"{number:02d}-{name}.prof")


if __name__ == "__main__":
    main()
