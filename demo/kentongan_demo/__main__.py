"""`python -m kentongan_demo`."""

from kentongan_demo.main import app

app(prog_name="kentongan demo")
