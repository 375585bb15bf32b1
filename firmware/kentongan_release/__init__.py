"""Builds and signs what kentongan update themselves with."""
