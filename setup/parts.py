"""Find the parts that pip cannot bring (MicroPython, Mosquitto, PostgreSQL, Chromium, VictoriaMetrics), or fetch them, or say how.

Everything is asked of apt, so the machine's own mirrors, proxies and archive keys are used and no address stands here.
MicroPython needs no root: Debian 13's packages are unpacked into `.cache/micropython` and run with their own loader and
libraries, since Debian 12 has no such package and too old a libc for that one. The rest is installed where this may
install; elsewhere MissingPartError carries the exact line to type.

Standard library only: this runs before anything is installed.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"

_MICROPYTHON_RELEASE = "trixie"
_MICROPYTHON_PACKAGES = ("micropython", "libc6", "libffi8", "libmbedcrypto16", "libmbedtls21", "libmbedx509-7")
_WASM_PACKAGE = "@micropython/micropython-webassembly-pyscript"
_WASM_VERSION = "1.27.0"
_WASM_SHA512 = (
    "0e75f1e04ab182479a1444ab4b7b8aacbee62cc9389914ddd2633368e7771d44"
    "a265438013bb75d6e2e78dfddfb45f3b376c66e249c79d610a7152b82182140c"
)
_WASM_FILES = ("micropython.mjs", "micropython.wasm")
_DEBIAN_SUITES = ("bookworm", "trixie", "forky", "sid", "oldstable", "stable", "testing", "unstable")
_PACKAGE_INDEX = re.compile(r"^'(?P<archive>\S+)/dists/(?P<suite>[^/]+)/main/binary-[^/]+/Packages")
_DEBIAN_KEYS = Path("/usr/share/keyrings")
_WRAPPER = """#!/bin/sh
# Runs the unpacked interpreter with its own loader and libraries, wherever this folder lies.
root=$(dirname "$(dirname "$(readlink -f "$0")")")/root
exec "$root/{loader}" --library-path "$root/{libraries}" "$root/usr/bin/micropython" "$@"
"""

Say = Callable[[str], None]


class MissingPartError(RuntimeError):
    """A part is not here and cannot be had; the message is one sentence with the line to type."""


def micropython(say: Say = print, cache: Path = CACHE) -> Path:
    """The MicroPython interpreter: KENTONGAN_MICROPYTHON, PATH, `.cache`, else fetched there; MissingPartError if none."""
    wrapper = cache / "micropython" / "bin" / "micropython"
    found = _named("KENTONGAN_MICROPYTHON") or _on_path("micropython") or (wrapper if wrapper.is_file() else None)
    if found:
        return found
    archives = debian_archives(apt_sources()) if shutil.which("apt-get") else []
    if not archives:  # Ubuntu has the package under its own roof
        return install("MicroPython", "micropython", ("micropython",), say)
    reasons = []
    for archive in archives:
        try:
            fetch_micropython(archive, cache, say)
        except MissingPartError as problem:
            reasons.append(str(problem))
        else:
            return wrapper
    raise MissingPartError(
        f"MicroPython could not be fetched ({'; '.join(reasons)}). "
        "Put a `micropython` of 1.22 or later on the PATH, or its path into KENTONGAN_MICROPYTHON."
    )


def mosquitto(say: Say = print) -> Path:
    """The Mosquitto broker, installed where this may install; MissingPartError otherwise."""
    return _on_path("mosquitto") or install("Mosquitto", "mosquitto", ("mosquitto",), say)


def postgresql(say: Say = print) -> Path:
    """PostgreSQL's `postgres`, with `initdb` beside it: KENTONGAN_POSTGRES, PATH, Debian's folders, else installed."""
    found = _named("KENTONGAN_POSTGRES") or _newest_postgres()
    if found is None:
        install("PostgreSQL", "postgresql", ("psql",), say)
        found = _newest_postgres()
    if found is None or not found.with_name("initdb").is_file():
        raise MissingPartError(
            "PostgreSQL's server is not here (`postgres` and `initdb` side by side). "
            "Put its folder on the PATH, or the path of its `postgres` into KENTONGAN_POSTGRES."
        )
    return found


def _newest_postgres() -> Path | None:
    """Debian keeps each version's server in a folder of its own, off the PATH."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin/postgres") if path.parts[-3].isdecimal()]
    return max(versions, key=lambda path: int(path.parts[-3]), default=None) or _on_path("postgres")


def victoria_metrics(say: Say = print) -> Path:
    """VictoriaMetrics, the time-series neighbour of the telemetry tests; MissingPartError if it cannot be had."""
    names = ("victoria-metrics", "victoria-metrics-prod")
    return _on_path(*names) or install("VictoriaMetrics", "victoria-metrics", names, say)


def chromium(say: Say = print) -> Path:
    """A Chromium for the page tests: KENTONGAN_CHROMIUM, PATH, Playwright's own, else installed; MissingPartError if none."""
    names = ("chromium", "google-chrome", "google-chrome-stable")
    found = _named("KENTONGAN_CHROMIUM") or _on_path(*names) or _playwright_chromium()
    if found:
        return found
    try:
        return install("Chromium", "chromium", names, say)
    except MissingPartError as problem:  # Ubuntu has no such package, only a snap that a browser driver cannot steer
        found = _install_by_playwright(say)
        if found is None:
            raise MissingPartError(
                f"{problem} Or: {ROOT / '.venv/bin/playwright'} install --with-deps chromium"
            ) from None
        return found


def micropython_wasm(say: Say = print, cache: Path = CACHE) -> Path:
    """The folder of MicroPython's WebAssembly build (micropython.mjs and .wasm), fetched with npm; MissingPartError if none."""
    folder = cache / f"micropython-wasm-{_WASM_VERSION}"
    if (folder / "micropython.wasm").is_file():
        return folder
    npm = _on_path("npm")
    if npm is None:
        raise MissingPartError(
            "MicroPython for the browser comes with npm, which is missing. Type: sudo apt-get install npm "
            "and then: python3 setup/parts.py micropython-wasm"
        )
    say(f"MicroPython for the browser: fetching {_WASM_PACKAGE} {_WASM_VERSION} with npm (0.2 MB) …")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="micropython-wasm-", dir=cache) as work:
        packed = ["pack", "--silent", "--pack-destination", work, f"{_WASM_PACKAGE}@{_WASM_VERSION}"]
        _run([str(npm), *packed], "npm could not fetch MicroPython for the browser", folder=Path(work))
        archive = next(Path(work).glob("*.tgz"))
        if hashlib.sha512(archive.read_bytes()).hexdigest() != _WASM_SHA512:
            raise MissingPartError(f"What npm brought is not the {_WASM_PACKAGE} {_WASM_VERSION} that we pinned.")
        made = Path(work) / "made"
        made.mkdir()
        with tarfile.open(archive) as tar:
            for name in _WASM_FILES:
                found = tar.extractfile(f"package/{name}")
                (made / name).write_bytes(found.read() if found else b"")
        try:
            made.rename(folder)
        except OSError:
            if not (folder / "micropython.wasm").is_file():  # else another process was quicker
                raise
    return folder


def node_js(say: Say = print) -> Path:
    """Node.js, which runs the node's logic tests on 32 bits; installed where this may install; MissingPartError otherwise."""
    return _on_path("node", "nodejs") or install("Node.js", "nodejs", ("node", "nodejs"), say)


PARTS: dict[str, Callable[[Say], Path]] = {
    "micropython": micropython,
    "micropython-wasm": micropython_wasm,
    "node-js": node_js,
    "mosquitto": mosquitto,
    "postgresql": postgresql,
    "chromium": chromium,
    "victoria-metrics": victoria_metrics,
}
WANTED = {"tests": tuple(PARTS)} | {name: (name,) for name in PARTS}


def debian_archives(printed_uris: str) -> list[str]:
    """The Debian archives among what `apt-get update --print-uris` printed, in its order, each once.

    apt reads its own sources (both formats, disabled ones, mirror lists); here only Debian's are told from the others.
    """
    archives = []
    for line in printed_uris.splitlines():
        index = _PACKAGE_INDEX.match(line)
        if index and index["suite"] in _DEBIAN_SUITES and not index["archive"].startswith("cdrom:"):
            archives.append(index["archive"])
    return list(dict.fromkeys(archives))


def apt_sources() -> str:
    """What apt would fetch from this machine's own sources, one address a line."""
    return _run(["apt-get", "update", "--print-uris"], "apt's sources cannot be read")


def fetch_micropython(archive: str, cache: Path, say: Say) -> None:
    """Unpack the interpreter and its libraries into `cache`, all or nothing; MissingPartError when the archive will not do."""
    say(f"MicroPython: fetching Debian {_MICROPYTHON_RELEASE}'s packages with apt (14 MB) …")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="micropython-", dir=cache) as folder:
        work = Path(folder)
        made = work / "made"
        (made / "root").mkdir(parents=True)
        for package in _download(archive, work):
            _run(["dpkg-deb", "--extract", str(package), str(made / "root")], f"{package.name} cannot be unpacked")
        _write_wrapper(made)
        interpreter = str(made / "bin" / "micropython")
        _run([interpreter, "-c", "import asyncio, binascii, hashlib, json"], "the fetched interpreter does not run")
        try:
            made.rename(cache / "micropython")
        except OSError:
            if not (cache / "micropython" / "bin" / "micropython").is_file():  # else another process was quicker
                raise


def fetch_micropython_source(archive: str, work: Path) -> Path:
    """The interpreter's source tree below `work`; MissingPartError when the archive will not do."""
    apt = _apt(archive, work, "deb-src")
    _run([*apt, "source", "--download-only", "micropython"], "the source cannot be had", folder=work / "packages")
    [packed] = (work / "packages").glob("*.orig.tar.xz")
    with tarfile.open(packed) as archived:
        archived.extractall(work / "packages", filter="data")
    return next(folder for folder in (work / "packages").iterdir() if folder.is_dir())


def _download(archive: str, work: Path) -> list[Path]:
    """The packages, each checked by apt against the index whose signature it checked."""
    apt = _apt(archive, work, "deb")
    _run([*apt, "download", *_MICROPYTHON_PACKAGES], "the packages cannot be had", folder=work / "packages")
    return sorted((work / "packages").glob("*.deb"))


def _apt(archive: str, work: Path, kind: str) -> list[str]:
    """apt with lists and keys of its own below `work`, which it has just renewed; `kind` is `deb` or `deb-src`."""
    for name in ("lists/partial", "cache/archives/partial", "keys", "packages"):
        (work / name).mkdir(parents=True)
    keys = [*Path("/etc/apt/trusted.gpg.d").glob("*"), *_DEBIAN_KEYS.glob("debian-archive-keyring.*")]
    for key in keys:
        (work / "keys" / key.name).symlink_to(key)
    (work / "sources.list").write_text(f"{kind} {archive} {_MICROPYTHON_RELEASE} main\n", encoding="ascii")
    settings = {
        "Dir::Etc::SourceList": work / "sources.list",
        "Dir::Etc::SourceParts": "-",
        "Dir::Etc::TrustedParts": work / "keys",
        "Dir::State::Lists": work / "lists",
        "Dir::Cache": work / "cache",
        "APT::Sandbox::User": "root",  # apt's own user cannot reach a checkout in somebody's home
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    apt = ["apt-get", "-q"]
    for name, value in settings.items():
        apt += ["-o", f"{name}={value}"]
    _run([*apt, "update"], "the package index cannot be had")
    return apt


def _write_wrapper(made: Path) -> None:
    root = made / "root"
    libraries = next(root.glob("usr/lib/*/libc.so.6")).parent
    loader = next(
        path for path in sorted(libraries.glob("ld*.so*")) if re.match(r"ld(-linux.*|64)\.so\.\d$", path.name)
    )
    wrapper = made / "bin" / "micropython"
    wrapper.parent.mkdir()
    text = _WRAPPER.format(loader=loader.relative_to(root), libraries=libraries.relative_to(root))
    wrapper.write_text(text, encoding="ascii")
    wrapper.chmod(0o755)


def install(part: str, package: str, names: tuple[str, ...], say: Say) -> Path:
    """The program after apt installed its package; MissingPartError with the line to type where this may not."""
    if not shutil.which("apt-get"):
        raise MissingPartError(
            f"{part} is missing and this machine has no apt: install it and put `{names[0]}` on the PATH."
        )
    if os.geteuid() != 0:
        raise MissingPartError(f"{part} is missing. Type: sudo apt-get install {package}")
    say(f"{part}: installing the package {package} with apt …")
    install = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends", package]
    try:
        _run(install, f"{part} could not be installed")
    except MissingPartError:  # a fresh machine has no package lists yet
        _run(["apt-get", "-q", "update"], "apt's package lists could not be renewed")
        _run(install, f"{part} could not be installed. Try by hand: apt-get install {package}")
    found = _on_path(*names)
    if found is None:
        raise MissingPartError(f"The package {package} is installed, but `{names[0]}` is not on the PATH.")
    return found


def _playwright_chromium() -> Path | None:
    browsers = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return max(browsers.glob("chromium-*/chrome-linux*/chrome"), default=None)


def _install_by_playwright(say: Say) -> Path | None:
    playwright = ROOT / ".venv" / "bin" / "playwright"
    if not playwright.is_file():
        return None
    say("Chromium: installing Playwright's own build …")
    with_libraries = ["--with-deps"] if os.geteuid() == 0 else []
    _run([str(playwright), "install", *with_libraries, "chromium"], "Playwright could not install Chromium")
    return _playwright_chromium()


def _named(variable: str) -> Path | None:
    """The program an environment variable names; MissingPartError when it names none that runs."""
    value = os.environ.get(variable)
    if not value:
        return None
    found = shutil.which(value)
    if found is None:
        raise MissingPartError(f"{variable} names {value}, which is no program.")
    return Path(found)


def _on_path(*names: str) -> Path | None:
    """The first of the programs that PATH or a system folder holds; a user's PATH often lacks /usr/sbin."""
    folders = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"])
    found = next(filter(None, (shutil.which(name, path=folders) for name in names)), None)
    return Path(found) if found else None


def _run(command: list[str], complaint: str, folder: Path | None = None) -> str:
    """What the command printed; MissingPartError with the complaint and its last words when it fails."""
    environment = os.environ | {"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    except OSError as problem:
        raise MissingPartError(f"{complaint}: {problem}") from None
    if done.returncode != 0:
        words = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        errors = [line for line in words if line.startswith("E:")] or words[-1:]
        raise MissingPartError(": ".join([complaint, *errors[:1]]))
    return done.stdout


def main(arguments: list[str]) -> int:
    """`parts.py tests` or one part's name: 0 when all are there, else one sentence for each that is not."""
    if len(arguments) != 1 or arguments[0] not in WANTED:
        print(f"usage: python3 setup/parts.py {{{'|'.join(WANTED)}}}", file=sys.stderr)
        return 2
    missing = 0
    for name in WANTED[arguments[0]]:
        try:
            print(f"{name}: {PARTS[name](_say)}", flush=True)
        except MissingPartError as problem:
            missing += 1
            print(f"{name}: {problem}", file=sys.stderr, flush=True)
    return 1 if missing else 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
