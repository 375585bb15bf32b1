"""pyright over the firmware, with MicroPython's own library in place of CPython's: python firmware/check_types.py.

The stubs come with the package micropython-esp32-stubs; where it is installed depends on the Python, so the path is
given here and not in pyrightconfig.json.
"""

import subprocess
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    """pyright's exit code."""
    stubs = sysconfig.get_paths()["purelib"]
    command = [sys.executable, "-m", "pyright", "-p", str(HERE / "pyrightconfig.json"), "--typeshedpath", stubs]
    return subprocess.run([*command, "--pythonpath", sys.executable, *sys.argv[1:]], check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
