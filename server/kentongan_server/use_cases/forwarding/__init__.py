"""What leaves the neighbourhood, and only to those who may hear of it."""
