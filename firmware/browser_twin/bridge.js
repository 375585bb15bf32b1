// What MicroPython may ask of the browser: sockets, sound, light, chance. Bytes cross as hex digits.

const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

export function makeBridge(panel) {
  const sockets = new Map();
  let next = 1;
  let plugged = true;

  function end(number) {
    const found = sockets.get(number);
    if (!found) return;
    sockets.delete(number);
    found.socket.onopen = found.socket.onmessage = found.socket.onclose = null;
    found.socket.close();
    found.hear("end", "");
  }

  return {
    network(on) {
      plugged = on;
      if (!on) for (const number of [...sockets.keys()]) end(number);
    },
    module: {
      open(host, port, path, hear) {
        const number = next++;
        if (!plugged) {
          setTimeout(() => hear("end", ""), 0);
          return number;
        }
        const scheme = location.protocol === "https:" ? "wss" : "ws";
        const socket = new WebSocket(`${scheme}://${host}:${port}${path}`, ["mqtt"]);
        socket.binaryType = "arraybuffer";
        sockets.set(number, { socket, hear });
        socket.onopen = () => hear("open", "");
        socket.onmessage = (message) => hear("data", hexOf(new Uint8Array(message.data)));
        socket.onclose = () => end(number);
        return number;
      },
      send(number, hex) {
        const found = sockets.get(number);
        if (found && found.socket.readyState === WebSocket.OPEN) found.socket.send(bytesOf(hex));
      },
      close: (number) => { sockets.get(number) && (sockets.get(number).hear = () => {}); end(number); },
      random: (size) => hexOf(crypto.getRandomValues(new Uint8Array(size))),
      seconds: () => Math.floor(Date.now() / 1000),
      siren: (on) => panel.siren(on),
      light: (colour) => panel.light(colour ?? "none"),
      tell: (line) => panel.tell(JSON.parse(line)),
    },
  };
}
