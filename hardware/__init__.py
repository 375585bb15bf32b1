"""The kentongan's hardware as code: sources, what is generated from them, and the checks that hold both together."""
