"""Where heartbeats' figures go."""
