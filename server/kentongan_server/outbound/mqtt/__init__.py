"""The broker: one connection for both ways, and the seal on what we send."""
