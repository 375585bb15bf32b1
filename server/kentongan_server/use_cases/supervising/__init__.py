"""Whether the devices are alive."""
