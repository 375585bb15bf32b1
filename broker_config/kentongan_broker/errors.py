"""What can go wrong with the broker; every message is one sentence for the person at the terminal."""


class BrokerError(RuntimeError):
    """The broker cannot be set up or started."""


class PortBusyError(BrokerError):
    """Another program holds the port."""
