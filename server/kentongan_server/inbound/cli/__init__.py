"""What the command line brings in."""
