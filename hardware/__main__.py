"""`./kentongan hardware build | check [JOB …]`: make what is generated, or make it anew and compare.

The facts (pins, circuit rules, requirements, parts, power, sound) need nothing but Python and are checked always; a job
runs where its tools are, and says what is missing where they are not.
"""

import argparse
import sys
import time
from pathlib import Path

from hardware import checks
from hardware import job as work
from hardware.jobs import JOBS
from hardware.pages import pages
from hardware.sound.coverage import cover
from hardware.stickers import sheets
from hardware.test import qa_command

FINE, WRONG = 0, 1


def main(arguments: list[str] | None = None) -> int:
    """0 when all that could run is well; what could not run is named, with the line to type."""
    names = [job.name for job in JOBS]
    parser = argparse.ArgumentParser(prog="./kentongan hardware", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, text in (("build", "make it and keep it"), ("check", "make it anew and compare")):
        verbs.add_parser(verb, help=text).add_argument(
            "jobs", nargs="*", metavar="JOB", help=f"of {', '.join(names)}; else all"
        )
    verbs.add_parser("set-up", help="bring the drawing tools: an environment of their own, ngspice, Graphviz, KiCad 9")
    verbs.add_parser("pages", help="print the pages of requirements, parts, power and sound anew")
    sound = verbs.add_parser("sound", help="how many sirens does this RT need?")
    sound.add_argument("--width", type=float, required=True, help="of the RT, in metres")
    sound.add_argument("--length", type=float, required=True, help="of the RT, in metres")
    sound.add_argument("--level", type=float, default=110.0, help="the siren's dB(A) at 1 m, from its data sheet")
    sound.add_argument("--mount", type=float, default=4.0, help="height of the siren, in metres")
    sticker = verbs.add_parser("sticker", help="the claim sticker of one box, with its code to scan")
    sticker.add_argument("--serial", required=True, help="the board's number, as in its QA record")
    sticker.add_argument("--code", required=True, help="the code of the box, from `server issue-node`")
    sticker.add_argument("--key", required=True, type=Path, help="the factory's public key, NAME.pub")
    sticker.add_argument("--into", type=Path, default=Path(), help="the folder for SERIAL.claim.svg (default: here)")
    qa_command.add_to(verbs.add_parser("qa", help="the factory's signed record of one board"))
    chosen = parser.parse_args(arguments)
    if chosen.verb == "qa":
        return qa_command.run(chosen)
    if chosen.verb == "sticker":
        return _sticker(chosen)
    if chosen.verb == "sound":
        return _sound(chosen)
    if chosen.verb == "pages":
        return _write_pages()
    unknown = sorted(set(chosen.jobs) - set(names))
    if unknown:
        parser.error(f"there is no job {', '.join(unknown)}; there are {', '.join(names)}")
    wanted = [job for job in JOBS if not chosen.jobs or job.name in chosen.jobs]
    results = [_run(job, chosen.verb) for job in wanted]
    if chosen.verb == "build" and not chosen.jobs:
        results.append(_write_pages())
    if chosen.verb == "check":
        for fault in work.stale(tuple(wanted)):
            print(f"FAILED  {fault}")
            results.append(WRONG)
        results.append(_check_facts())
    return max(results, default=FINE)


def _write_pages() -> int:
    for name, text in pages().items():
        target = work.HERE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    return FINE


def _check_facts() -> int:
    """Requirements held, pages current."""
    try:
        verdicts = checks.verdicts(checks.read())
    except checks.RequirementError as error:
        print(f"FAILED  requirements: {error}", file=sys.stderr)
        return WRONG
    faults = [
        f"{one.id}: {one.text}: {one.found:g}, required {one.compare} {one.value:g} {one.unit}"
        for one in verdicts
        if not one.holds
    ]
    for name, text in pages().items():
        page = work.HERE / name
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            faults.append(f"{name} is not what the data give. Run: ./kentongan hardware pages")
    for fault in faults:
        print(f"FAILED  {fault}", file=sys.stderr)
    if not faults:
        print(
            f"ok      facts: {len(verdicts)} requirements held by {len(checks.CHECKS)} checks, {len(pages())} pages current"
        )
    return WRONG if faults else FINE


def _sticker(chosen: argparse.Namespace) -> int:
    try:
        print(sheets.write(chosen.into, chosen.serial, chosen.code, qa_command.fingerprint_of(chosen.key)))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return FINE


def _sound(chosen: argparse.Namespace) -> int:
    try:
        found = cover(chosen.width, chosen.length, chosen.level, chosen.mount)
    except ValueError as error:
        print(f"That cannot be calculated: {error}.", file=sys.stderr)
        return 2
    print(
        f"{found.sirens} sirens, at most {found.spacing_m:.0f} m apart; each is heard {found.reach_m:.0f} m far (70 dB(A))."
    )
    print(
        f"Below the mast: {found.level_below:.0f} dB(A). Behind a closed door it wakes within {found.bedroom_reach_m:.0f} m."
    )
    print("A plan, not a promise: walk the RT with a meter at the hand-over.")
    return FINE


def _run(job: work.Job, verb: str) -> int:
    absent = job.missing()
    if absent:
        print(f"NOT RUN {job.name} ({job.says}): {absent}")
        return FINE
    begun = time.monotonic()
    try:
        said = work.build(job) if verb == "build" else work.check(job)
    except (work.JobError, RuntimeError) as error:
        print(f"FAILED  {job.name}: {error}", file=sys.stderr)
        return WRONG
    print(f"ok      {job.name}, {time.monotonic() - begun:.0f} s: {said}", flush=True)
    return FINE


if __name__ == "__main__":
    sys.exit(main())
