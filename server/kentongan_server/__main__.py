"""`python -m kentongan_server`."""

import gc

gc.disable()  # half a million objects are made while modules load, and none goes: looking through them takes a tenth of a start

from kentongan_server.main import app  # noqa: E402

gc.enable()
app(prog_name="kentongan server")
