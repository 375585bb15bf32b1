"""What the server counts of itself, in Prometheus' words; one registry per application."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """The counters that the inbound rooms raise."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.messages = Counter(
            "kentongan_mqtt_messages", "Messages of nodes that were taken", ["kind"], registry=self.registry
        )
        self.ignored = Counter(
            "kentongan_mqtt_ignored", "Messages that were not what they must be", ["reason"], registry=self.registry
        )
        self.reports = Counter("kentongan_reports", "Reports stored", ["source", "class"], registry=self.registry)
        self.commands_sent = Counter(
            "kentongan_commands_sent", "Attempts at commands that the broker took", registry=self.registry
        )
        self.deliveries = Counter(
            "kentongan_deliveries", "Attempts at forwards and pages", ["channel", "result"], registry=self.registry
        )
        self.telemetry_dropped = Counter(
            "kentongan_telemetry_dropped", "Heartbeats that no store took", registry=self.registry
        )
        self.connected = Gauge("kentongan_broker_connected", "1 while the broker is there", registry=self.registry)
        self.ingest_seconds = Histogram(
            "kentongan_ingest_seconds",
            "From a report's arrival to its being durable",
            buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5),
            registry=self.registry,
        )
