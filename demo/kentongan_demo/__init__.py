"""The whole system on one machine: broker, server, command centre, and a city of virtual kentongan."""
