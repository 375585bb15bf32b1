"""Runs every `test_*` of every `test_*.py` in a folder, without pytest: MicroPython has none. Exit code 1 on a failure."""

import os
import sys


def run(folder):
    """Run them all, saying each one's name; the count that failed."""
    sys.path.insert(0, folder)
    passed = failed = 0
    for file in sorted(os.listdir(folder)):  # noqa: PTH208 - MicroPython has no pathlib
        if not (file.startswith("test_") and file.endswith(".py")):
            continue
        module = __import__(file[:-3])
        for name in sorted(dir(module)):
            if not name.startswith("test_"):
                continue
            try:
                getattr(module, name)()
            except Exception as problem:  # noqa: BLE001 - whatever it is, it is reported and counted
                failed += 1
                print("FAILED", file, name)
                sys.print_exception(problem)
            else:
                passed += 1
                print("passed", file, name)
    print(passed, "passed,", failed, "failed on", sys.implementation.name)
    return failed


if __name__ == "__main__":
    sys.exit(1 if run(sys.argv[1]) else 0)
