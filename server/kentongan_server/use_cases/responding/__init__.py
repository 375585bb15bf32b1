"""What named humans answer."""
