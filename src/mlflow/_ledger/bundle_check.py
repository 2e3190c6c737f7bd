"""Checks a bundle of `mlflow audit export`: run it beside the files with Python 3.9 or newer, without any package.

It stands in the bundle itself, as verify.py. Every event is proven: the digests of its parts, its hash, and its path to the root
of the ledger's Merkle tree (RFC 6962). Report and manifests are made again from the proven events and compared.
What it cannot know is whether that root is the true one (compare it with an anchor that was kept elsewhere), and
whether whoever made the bundle put all events into it.
"""

from __future__ import annotations

import json
import sys
import zipfile
from datetime import datetime, timezone
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

FORM = 1
PARTS = ("who", "why", "what", "evidence")
EVENTS = "events.json"
REPORT = "report.html"
SCRIPT = "verify.py"
_NO_DIGEST = "0" * 64


def check_bundle(files: dict[str, bytes], root: str = "") -> list[str]:
    """What is wrong with a bundle; nothing if it is whole.

    Args:
        files: Content of its files by name.
        root: Root of the Merkle tree as an anchor says it; empty to take that of the bundle.
    """
    try:
        bundle = json.loads(files[EVENTS])
        problems = [problem for event in bundle["events"] for problem in _check_event(event, bundle)]
        if bundle["form"] != FORM:
            return ["The bundle has form {}, which this script does not know".format(bundle["form"])]
        if root and root != bundle["root"]:
            problems.append("The root is {}, and the anchor says {}".format(bundle["root"], root))
        derived = derived_files(bundle)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        return [f"{EVENTS} is not what an export writes: {error!r}"]
    for name, content in sorted(derived.items()):
        if files.get(name) != content:
            problems.append(f"{name} does not say what the events say")
    unknown = sorted(set(files) - set(derived) - {EVENTS, SCRIPT})
    return problems + [f"{name} does not belong to the bundle" for name in unknown]


def derived_files(bundle: dict[str, Any]) -> dict[str, bytes]:
    """The files that follow from the events: the report, and the manifest of every version."""
    found = {REPORT: _report(bundle).encode()}
    for event in bundle["events"]:
        head, what = event["head"], _content(event, "what")
        if head[5] == "record_manifest" and what:
            name = f"manifests/event-{head[0]}-version-{head[4]}.json"
            found[name] = json.dumps(what["after"], indent=1, ensure_ascii=False).encode()
    return found


def _check_event(event: dict[str, Any], bundle: dict[str, Any]) -> list[str]:
    head, digests, number = event["head"], event["digests"], event["head"][0]
    problems = []
    for place, part in enumerate(PARTS):
        text, digest = event["parts"].get(part), digests[place * 64 : place * 64 + 64]
        if text is not None and sha256(text.encode()).hexdigest() != digest:
            problems.append(f"Event {number}: its part {part!r} was altered")
    sealed = json.dumps(
        [FORM, *head, digests, event["previous"]],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    if sha256(sealed.encode()).hexdigest() != event["hash"]:
        problems.append(f"Event {number}: its head was altered")
    if _root(event["hash"], number - 1, bundle["size"], event["path"]) != bundle["root"]:
        problems.append("Event {}: it is not in the ledger with the root {}".format(number, bundle["root"]))
    return problems


def _root(event_hash: str, place: int, size: int, path: list[str]) -> str:
    node, last, steps = sha256(b"\x00" + bytes.fromhex(event_hash)).digest(), size - 1, list(path)
    while last > 0:
        if place % 2 or place < last:
            if not steps:
                return ""
            step = bytes.fromhex(steps.pop(0))
            node = sha256(b"\x01" + (step + node if place % 2 else node + step)).digest()
        place, last = place // 2, last // 2
    return "" if steps else node.hex()


def _content(event: dict[str, Any], part: str) -> dict[str, Any]:
    text = event["parts"].get(part)
    content: dict[str, Any] = {} if text is None else json.loads(text)
    content.pop("salt", None)
    return content


_STYLE = (
    "body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#18202a;"
    "background:#fff}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:6px 8px;"
    "border-bottom:1px solid #d5dbe3}code,pre{font:12px/1.4 ui-monospace,monospace;overflow-wrap:anywhere;"
    "white-space:pre-wrap}@media(prefers-color-scheme:dark){body{color:#e7ebf0;background:#0f1318}"
    "th,td{border-color:#2d3743}}"
)


def _report(bundle: dict[str, Any]) -> str:
    subject = bundle["name"] + (" version {}".format(bundle["version"]) if bundle["version"] else "")
    rows = "\n".join(_row(event) for event in bundle["events"])
    title = escape(f"Decisions about {subject}")
    columns = ("Event", "Time", "Who", "Version", "Action", "Before", "After", "Why")
    heads = "".join(f"<th>{column}</th>" for column in columns)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n"
        f"<p>{len(bundle['events'])} events of a ledger of {int(bundle['size'])}. Root of the ledger: "
        f"<code>{escape(bundle['root'])}</code>. Times are UTC. <code>python {SCRIPT}</code> proves every event below, "
        "and that this page says what they say.</p>\n"
        f"<table><thead><tr>{heads}</tr></thead><tbody>\n{rows}\n</tbody></table></body></html>\n"
    )


def _row(event: dict[str, Any]) -> str:
    seq, time_ms, _, _, version, action, _ = event["head"]
    who, why, what = (_content(event, part) for part in PARTS[:3])
    known = who.get("known_by", "")
    actor = "{} ({})".format(who.get("actor") or "unknown", known) if who else "erased"
    reason = " ".join(text for text in (why.get("reason"), why.get("ticket")) if text)
    cells = [
        str(seq),
        datetime.fromtimestamp(time_ms / 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S"),  # noqa: UP017 - runs on older Pythons too
        actor,
        "" if version is None else str(version),
        action.replace("_", " "),
        _brief(what.get("before")),
        _brief(what.get("after")),
        reason,
    ]
    evidence = _content(event, "evidence")
    shown = ""
    if evidence:
        text = json.dumps(evidence, indent=1, ensure_ascii=False, sort_keys=True)
        shown = "\n<tr><td></td><td colspan=7><details><summary>Evidence of event %d</summary><pre>%s</pre></details></td></tr>"
        shown %= (seq, escape(text))
    return "<tr>{}</tr>{}".format("".join(f"<td>{escape(cell)}</td>" for cell in cells), shown)


def _brief(state: dict[str, Any] | None) -> str:
    if not state:
        return ""
    return ", ".join(
        f"{key}: {f'{len(value)} files' if key == 'files' else value}" for key, value in state.items()
    )


def read_bundle(path: Path) -> dict[str, bytes]:
    """Content of the files of a bundle, packed or in a folder."""
    if path.is_dir():
        return {
            file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()
        }
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def main(arguments: list[str]) -> int:
    """Checks the bundle in the folder of this script, or the one that is named; a root may follow."""
    path = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    files = read_bundle(path)
    problems = check_bundle(files, arguments[1] if len(arguments) > 1 else "")
    if problems:
        sys.stdout.write("NOT OK\n" + "\n".join(problems) + "\n")
        return 1
    bundle = json.loads(files[EVENTS])
    sys.stdout.write(
        f"OK: {len(bundle['events'])} events are proven to stand in the ledger of {bundle['size']} events with the root\n"
        f"{bundle['root']}\nCompare it with an anchor that was kept elsewhere.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
