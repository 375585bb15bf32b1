"""`python -m kentongan_server`."""

from kentongan_server.main import app

app(prog_name="kentongan server")
