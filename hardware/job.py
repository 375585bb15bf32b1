"""One thing that is generated: from what, with which tools, into which folder; and the record that shows what is stale.

`check` makes everything anew in an empty folder and compares byte for byte. Where a job's tools are missing it cannot, so
`generated.json` keeps the hash of each job's sources and files: what was changed without building is seen anywhere.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
RECORD = HERE / "generated.json"


class JobError(RuntimeError):
    """What a job makes breaks a rule; one sentence a line."""


@dataclass(frozen=True, slots=True)
class Job:
    """`make` writes into an empty folder, which becomes `folder`; `missing` says what is not here, or nothing."""

    name: str
    says: str
    folder: str
    sources: tuple[str, ...]
    make: Callable[[Path], str]
    missing: Callable[[], str]


def build(job: Job, house: Path = HERE) -> str:
    """Make it, put it in its place, and remember from what."""
    with tempfile.TemporaryDirectory(prefix="kentongan-") as made:
        said = job.make(Path(made))
        place = house / job.folder
        for old in _files(place):
            old.unlink()
        for file in _files(Path(made)):
            target = place / file.relative_to(made)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    record = read_record(house)
    record[job.name] = {"sources": source_hash(job, house), "files": file_hashes(place)}
    text = json.dumps(dict(sorted(record.items())), indent=1)
    (house / RECORD.name).write_text(text + "\n", encoding="utf-8")
    return said


def check(job: Job, house: Path = HERE) -> str:
    """Make it anew and compare; JobError names what differs."""
    with tempfile.TemporaryDirectory(prefix="kentongan-") as made:
        said = job.make(Path(made))
        fresh, kept = file_hashes(Path(made)), file_hashes(house / job.folder)
    differing = sorted(name for name in fresh.keys() | kept.keys() if fresh.get(name) != kept.get(name))
    if differing:
        raise JobError(
            f"{', '.join(differing)} in {job.folder} is not what the sources give. Run: ./kentongan hardware build"
        )
    return said


def stale(jobs: tuple[Job, ...], house: Path = HERE) -> list[str]:
    """Without any tool: one sentence for each job whose sources or files changed since it was built."""
    record = read_record(house)
    faults = []
    for job in jobs:
        kept = record.get(job.name, {})
        if kept.get("sources") != source_hash(job, house):
            faults.append(f"{job.name}: its sources changed. Run: ./kentongan hardware build {job.name}")
        if kept.get("files") != file_hashes(house / job.folder):
            faults.append(
                f"{job.name}: files in {job.folder} were edited by hand. Run: ./kentongan hardware build {job.name}"
            )
    return faults


def read_record(house: Path = HERE) -> dict[str, dict[str, object]]:
    """Job → hash of its sources and of its files, as they were built."""
    path = house / RECORD.name
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def source_hash(job: Job, house: Path = HERE) -> str:
    """One hash over every source, names included."""
    total = hashlib.sha256()
    for pattern in job.sources:
        for path in sorted(house.glob(pattern)):
            total.update(str(path.relative_to(house)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def file_hashes(folder: Path) -> dict[str, str]:
    """File → hash, for all that lies in the folder."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in _files(folder)}


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
