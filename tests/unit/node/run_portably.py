"""Runs every test_*.py of this folder inside MicroPython (or CPython) without pytest: micropython run_portably.py FOLDER.

The tests are bare functions with bare asserts, found by name. Prints one JSON line with the counts; exit code 1 on a
failure, and when nothing was found.
"""

import gc
import json
import os
import sys


def main(folder, without=()):
    """Run them all but the files `without`; the number of failures."""
    sys.path.append(folder)
    passed = 0
    failed = []
    for file in sorted(os.listdir(folder)):
        if not (file.startswith("test_") and file.endswith(".py")) or file in without:
            continue
        gc.collect()  # one file's leavings must not be another's lack of room
        module = __import__(file[:-3])
        for name in sorted(dir(module)):
            if not name.startswith("test_"):
                continue
            try:
                getattr(module, name)()
                passed += 1
            except Exception as error:  # a test may fail with anything
                failed.append(file + ":" + name)
                if hasattr(sys, "print_exception"):
                    sys.print_exception(error, sys.stderr)
                else:
                    sys.stderr.write(file + ":" + name + " " + repr(error) + "\n")
    print(json.dumps({"interpreter": sys.implementation.name, "passed": passed, "failed": failed}))
    return len(failed) if passed else 1


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1]) else 0)
