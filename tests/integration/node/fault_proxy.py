"""A wire between node and broker that the test may cut, hold, delay or make deaf on one side.

What is held is not lost: it comes late, as a network's own repeats would bring it. A cut loses what was on the way.
"""

import contextlib
import socket
import threading
import time

UP, DOWN = "up", "down"


class FaultProxy:
    """Listens on `port` of loopback and carries bytes to `target`; every connection feels the fault of the moment."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._open = {UP: threading.Event(), DOWN: threading.Event()}
        self._delay_s = 0.0
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self.heal()
        threading.Thread(target=self._accept, daemon=True).start()

    def heal(self) -> None:
        """A wire as it should be; what was held goes on its way."""
        self._delay_s = 0.0
        for gate in self._open.values():
            gate.set()

    def black_hole(self) -> None:
        """Connections stand, new ones are taken, and nothing arrives any more."""
        for gate in self._open.values():
            gate.clear()

    def half_open(self) -> None:
        """What the node says arrives; nothing comes back."""
        self._open[DOWN].clear()

    def delay(self, seconds: float) -> None:
        """Everything comes this much later, each way."""
        self._delay_s = seconds

    def cut(self) -> None:
        """Every connection ends at this moment."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                _close(end)

    def close(self) -> None:
        """No more connections."""
        _close(self._door)
        self.cut()
        self.heal()

    def _accept(self) -> None:
        while True:
            try:
                node, _ = self._door.accept()
            except OSError:
                return
            try:
                broker = socket.create_connection(self._target, 1)
            except OSError:
                _close(node)
                continue
            for end in (node, broker):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._pairs.append((node, broker))
            for source, sink, way in ((node, broker, UP), (broker, node, DOWN)):
                threading.Thread(target=self._carry, args=(source, sink, way), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, way: str) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                if self._delay_s:
                    time.sleep(self._delay_s)
                self._open[way].wait()
                sink.sendall(data)
        self._open[way].wait()  # a black hole carries no farewell either
        _close(sink)
        _close(source)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
