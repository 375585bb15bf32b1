"""Where the record's checkpoints are signed, and where they are kept outside the database."""
