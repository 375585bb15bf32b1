"""What neighbours and reporters are told."""
