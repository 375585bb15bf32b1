"""The page of a kentongan that nobody has settled yet: its own access point, one page, one form, no files from elsewhere.

HTTP/1.0 as far as a phone needs it: GET gives the page whatever the path (a phone that looks for the internet finds it), and
POST /settle takes one JSON object with the box's code and the settings. One visitor at a time is enough.
"""

import asyncio
import json

LONGEST = 8_192
_PATIENCE_MS = 5_000
PAGE = """<!doctype html><html lang=id><meta charset=utf-8><meta name=viewport content="width=device-width,initial-scale=1">
<title>Kentongan</title><style>
body{font:17px/1.5 sans-serif;max-width:26rem;margin:0 auto;padding:1rem}label{display:block;margin:.8rem 0 .2rem}
input,textarea{width:100%;box-sizing:border-box;font:inherit;padding:.6rem;border:1px solid #777;border-radius:.4rem}
button{font:inherit;padding:.8rem;width:100%;margin-top:1rem;border:0;border-radius:.4rem;background:#8a1c1c;color:#fff}
small{color:#555;display:block}#say{font-weight:bold;min-height:1.5em}</style>
<h1>Kentongan</h1>
<p>Pasang kentongan ini di RT Anda.<small>Settle this kentongan in your RT.</small></p>
<form id=f><label>Kode di kotak <small>Code on the box</small></label>
<input name=code autocomplete=off autocapitalize=characters required>
<label>Nama Wi-Fi <small>Wi-Fi name</small></label><input name=ssid required>
<label>Kata sandi Wi-Fi <small>Wi-Fi password</small></label><input name=password type=password>
<label>Berkas dari teknisi, bila ada <small>Technician's file, if any (JSON)</small></label><textarea name=more rows=3></textarea>
<button>Simpan / Save</button><p id=say role=status></p></form>
<script>
const f=document.getElementById("f"),say=document.getElementById("say");
f.onsubmit=async e=>{e.preventDefault();say.textContent="…";let more={};
try{more=f.more.value.trim()?JSON.parse(f.more.value):{}}catch{say.textContent="Berkas itu bukan JSON. / That is not JSON.";return}
more.wifi=[f.password.value?{ssid:f.ssid.value,password:f.password.value}:{ssid:f.ssid.value}];
try{const a=await(await fetch("/settle",{method:"POST",body:JSON.stringify({code:f.code.value,settings:more})})).json();
say.textContent=a.ok?"Tersimpan; kentongan menyala ulang. / Saved; the kentongan restarts.":a.error}
catch{say.textContent="Tidak terhubung; coba lagi. / Not connected; try again."}}
</script></html>"""


class Portal:
    """Serves the page on `port` until cancelled; `settle()` gives a fresh conversation."""

    def __init__(self, new_settling, port: int = 80, host: str = "0.0.0.0"):  # noqa: S104 - its own network, and no other
        self._new_settling = new_settling
        self._port = port
        self._host = host
        self.is_settled = asyncio.Event()

    async def run(self) -> None:
        """Serve until it is settled."""
        server = await asyncio.start_server(self._serve, self._host, self._port)
        try:
            await self.is_settled.wait()
            await asyncio.sleep(1)  # the last answer must reach the phone
        finally:
            server.close()

    async def _serve(self, reader, writer) -> None:
        try:
            answer = await asyncio.wait_for(self._answer(reader), _PATIENCE_MS / 1000)
        except (OSError, ValueError, asyncio.TimeoutError):
            answer = _http(400, "text/plain", b"Ulangi / Try again")
        try:
            writer.write(answer)
            await writer.drain()
        except OSError:
            pass  # the phone has gone
        finally:
            writer.close()

    async def _answer(self, reader) -> bytes:
        method, path = _words(await reader.readline())
        length = 0
        for _ in range(64):
            line = await reader.readline()
            if not line.strip():
                break
            name, _, value = line.decode().partition(":")
            if name.strip().lower() == "content-length":
                length = int(value)
        if method == "GET":
            return _http(200, "text/html; charset=utf-8", PAGE.encode())
        if method != "POST" or path != "/settle":
            return _http(404, "text/plain", b"Not here")
        if not 0 < length <= LONGEST:
            return _http(413, "text/plain", b"Too long")
        return _http(200, "application/json", self._settle(await reader.readexactly(length)))

    def _settle(self, body: bytes) -> bytes:
        try:
            request = json.loads(body.decode())
        except (ValueError, RuntimeError, TypeError):
            request = None
        if type(request) is not dict:
            return b'{"ok": false, "error": "not a JSON object"}'
        settling = self._new_settling()
        answer = settling.answer(json.dumps({"do": "claim", "code": request.get("code")}).encode())
        if not json.loads(answer)["ok"]:
            return answer
        seen = json.loads(settling.answer(b'{"do": "hello"}'))["version"]
        change = {"do": "configure", "version": seen, "settings": request.get("settings")}
        answer = settling.answer(json.dumps(change).encode())
        if settling.is_settled:
            self.is_settled.set()
        return answer


def _words(line: bytes) -> tuple:
    words = line.decode().split()
    if len(words) < 2:
        raise ValueError("not HTTP")
    return words[0], words[1].partition("?")[0]


def _http(status: int, kind: str, body: bytes) -> bytes:
    head = "HTTP/1.0 " + str(status) + " OK\r\nContent-Type: " + kind + "\r\nContent-Length: " + str(len(body))
    return head.encode() + b"\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n" + body
