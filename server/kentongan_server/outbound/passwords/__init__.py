"""Passwords and PINs, hashed slowly."""
