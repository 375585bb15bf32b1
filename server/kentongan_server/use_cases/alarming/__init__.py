"""From an incident to the kentongan, and back from what they say."""
