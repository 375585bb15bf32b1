"""The pin map is a script folder, no package: put it on the path as running the script would."""

import sys
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(HOUSE / "hardware" / "pinmap"))
