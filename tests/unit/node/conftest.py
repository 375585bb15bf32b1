"""The node's tests import their own neighbour by its bare name, as MicroPython does."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
