"""Peers: the servers that others would have written for the same job, as good as we could make them."""
