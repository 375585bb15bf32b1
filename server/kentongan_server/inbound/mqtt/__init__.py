"""What nodes say."""
