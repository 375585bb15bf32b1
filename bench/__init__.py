"""What we measure, each figure with peers beside it in the same run."""
