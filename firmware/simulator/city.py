"""A city of virtual nodes in one process, by name."""

from pathlib import Path

from .virtual_node import VerbError, VirtualNode


class City:
    """`folder` gets one folder a node, for its journal and boot count; `tell(node, event, **fields)` hears everything."""

    def __init__(self, fleet: list, folder: Path, tell):
        self._nodes: dict[str, VirtualNode] = {}
        for settings in fleet:
            home = folder / settings.node
            home.mkdir(parents=True, exist_ok=True)
            self._nodes[settings.node] = VirtualNode(settings, str(home), _named(tell, settings.node))

    def plug(self) -> None:
        """Give every node power."""
        for node in self._nodes.values():
            node.plug()

    def unplug(self) -> None:
        """Take it from every node."""
        for node in self._nodes.values():
            node.unplug()

    def are_connected(self) -> bool:
        """True once every node has its session."""
        return all(node.is_connected() for node in self._nodes.values())

    def do(self, request: dict) -> dict:
        """Obey one request of the control protocol; VerbError with a sentence for what cannot be done."""
        name = request.get("node")
        if request.get("do") == "status" and name is None:
            return {"nodes": [node.status() for node in self._nodes.values()]}
        node = self._nodes.get(name) if isinstance(name, str) else None
        if node is None:
            raise VerbError(f"no node {name} in this city")
        return node.do(request)


def _named(tell, node: str):
    return lambda event, **fields: tell(node, event, **fields)
