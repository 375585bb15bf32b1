"""The reference inbox of a police command centre: what Kentongan's server talks to, and what a real one may be measured against.

It is a stranger to the server: it shares no code with it, only the interface described in the README.
"""
