"""`python -m kentongan_gateway`."""

from kentongan_gateway.main import app

app()
