"""Exodus and its peers on the same bars: do they answer alike, and what does an answer cost.

Usage: run.py PROGRAM FOLDER TABLE [REAL BARS...], where PROGRAM is exodus, FOLDER is empty, and TABLE is the Markdown
file to write. REAL BARS are CSV files of one issue each, of adjusted prices up to May 2019.

Every program runs in a process of its own, in turn, ROUNDS times; figures are medians.
"""

import json
import math
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from exodus import PEER_CAPITAL, SIZE_PERCENT, Exodus, finished
from table import Figures, table

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[1] / "target" / "peers"
ROUNDS = 3
ISSUES, DAYS, MINUTES = 500, 5_000, 1_000_000
ANSWERED = 5
# Pairs of averages, issues, bars of each, and the pairs that vectorbt is given: the rest would not fit into memory.
SWEEPS = ((10_000, 1, 5_000, 1_000), (1_000, 100, 2_500, 20))


@dataclass(frozen=True)
class Peer:
    """A program to compare with."""

    name: str
    package: str
    script: str
    # Issues of 5,000 bars that one timed run takes: enough for seconds, and no more.
    issues: int
    # True if it can be asked for a million minute bars too.
    minutes: bool = False


PEERS = (
    Peer("numba loop", "vectorbt", "numba_loop.py", ISSUES, True),
    Peer("vectorbt", "vectorbt", "vectorbt_peer.py", ISSUES, True),
    Peer("backtesting.py", "backtesting", "backtesting_py.py", 20),
    Peer("nautilus_trader", "nautilus_trader", "nautilus_peer.py", 10),
    Peer("backtrader", "backtrader", "backtrader_peer.py", 10),
    Peer("zipline-reloaded", "zipline-reloaded", "zipline_peer.py", 1),
)


def python_of(package):
    """The interpreter of a package's own environment, which is made if it is not as the requirements want it."""
    folder, wanted = ENVIRONMENTS / f"bench-{package}", HERE / "requirements" / f"{package}.txt"
    kept = folder / "requirements.txt"
    if not kept.exists() or kept.read_text() != wanted.read_text():
        say(f"Installing {package}")
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", wanted]
        subprocess.run([folder / "bin" / "python", *install], check=True)
        kept.write_text(wanted.read_text())
    return folder / "bin" / "python"


def version_of(one):
    pins = (HERE / "requirements" / f"{one.package}.txt").read_text()
    name = "numba" if one.name == "numba loop" else one.package
    return re.search(rf"^{re.escape(name)}==(\S+)$", pins, re.MULTILINE | re.IGNORECASE)[1]


def say(text):
    print(f"▸ {text}", file=sys.stderr, flush=True)


def peer(one, jobs, folder):
    file = folder / f"jobs-{one.script}.json"
    file.write_text(json.dumps(jobs))
    output, _, _ = finished([python_of(one.package), "-B", HERE / one.script, file], cwd=folder)
    return json.loads(output.splitlines()[-1])


def make_bars(exodus, folder):
    """Dates of sessions, then bars of many issues, of the few that are answered, and of minutes."""
    first = date(1999, 1, 4)
    days = "\n".join(["date", *(str(first + timedelta(days=day)) for day in range(7_500))])
    asked = subprocess.run([exodus.program, "rules", "session"], input=days, capture_output=True, text=True, check=True)
    rows = (row.split(",") for row in asked.stdout.splitlines())
    sessions = [row[0] for row in rows if row[1] == "true"]
    dates = folder / "dates.txt"
    dates.write_text("\n".join(sessions[:DAYS]))
    make = [sys.executable, "-B", HERE / "bars.py", dates]
    files = {name: folder / f"{name}.csv" for name in ("first", "answered", "many", "minutes")}
    for name, count in (("first", 1), ("answered", ANSWERED), ("many", ISSUES)):
        subprocess.run([*make, str(count), files[name]], check=True)
    subprocess.run([*make, "--minutes", str(MINUTES), files["minutes"]], check=True)
    return files, sessions[:DAYS]


def symbols_of(path):
    with open(path) as file:
        next(file)
        return list(dict.fromkeys(line.split(",", 1)[0] for line in file))


def days_of(path):
    lines = Path(path).read_text().splitlines()
    return lines[1].split(",")[1], lines[-1].split(",")[1]


def same(ours, theirs):
    """How far two answers are apart: the widest relative gap of equity, and whether every fill is equal."""
    (equity, fills), (other, others) = ours, theirs
    if len(equity) != len(other):
        return float("inf"), False
    gap = max(abs(one - two) / one for one, two in zip(equity, other))
    alike = len(fills) == len(others) and all(same_fill(*pair) for pair in zip(fills, others))
    return gap, alike


def same_fill(ours, theirs):
    """Date and shares to the letter; price and costs, which some keep as floats, to 1e-9."""
    (day, shares, *amounts), (other_day, other_shares, *others) = ours, theirs
    close = all(math.isclose(one, two, rel_tol=1e-9) for one, two in zip(amounts, others))
    return (day, shares) == (other_day, other_shares) and close


def compare(exodus, files, real, folder):
    """Of each peer: how many issues it answered, the widest gap, and the fills that are equal."""
    say("Comparing answers")
    first, last = days_of(files["first"])
    wanted = [(symbol, first, last) for symbol in symbols_of(files["answered"])]
    wanted += [(symbols_of(path)[0], *days_of(path)) for path in real]
    ours = exodus.answers(wanted)
    found = {}
    for one in PEERS:
        paths = [files["answered"], *real]
        outs = [folder / f"answer-{place}.json" for place in range(len(paths))]
        jobs = {"first": str(files["first"]), "timed": []}
        peer(one, jobs | {"answer": [[str(path), str(out)] for path, out in zip(paths, outs)]}, folder)
        theirs = [answer for out in outs for answer in json.loads(out.read_text())]
        apart = [same(own, their) for own, their in zip(ours, theirs)]
        fills = sum(len(fills) for _, fills in ours)
        found[one.name] = (max(gap for gap, _ in apart), all(equal for _, equal in apart), len(apart), fills)
        say(f"{one.name}: {found[one.name]}")
    return found


def rounds(exodus, files, sessions, folder):
    figures = {one.name: [] for one in PEERS} | {"exodus": []}
    many, begin, end = symbols_of(files["many"]), sessions[0], sessions[-1]
    minutes_end = days_of(files["minutes"])[1][:10]
    for number in range(ROUNDS):
        say(f"Round {number + 1} of {ROUNDS}")
        _, first_cpu, first_mb = exodus.backtest(many[:1], "1d", begin, end, SIZE_PERCENT, PEER_CAPITAL)
        large, large_cpu, large_mb = exodus.backtest(many, "1d", begin, end, 0.1, 10_000_000_000)
        minute, minute_cpu, _ = exodus.backtest(["990000"], "1m", begin, minutes_end, SIZE_PERCENT, PEER_CAPITAL)
        runs = [(large, large_cpu, large_mb), (minute, minute_cpu, 0)]
        timed = [
            {
                "cpu": report["manifest"]["elapsed_ms"] / 1000,
                "process": cpu,
                "bars": report["manifest"]["bars"],
                "peak_mb": mb,
            }
            for report, cpu, mb in runs
        ]
        figures["exodus"].append({"first_cpu": first_cpu, "first_mb": first_mb, "timed": timed})
        for one in PEERS:
            timed = [[str(files["many"]), one.issues]] + ([[str(files["minutes"]), 1]] if one.minutes else [])
            jobs = {"first": str(files["first"]), "answer": [], "timed": timed}
            figures[one.name].append(peer(one, jobs, folder))
    return figures


def sweeps(files, folder):
    say("Sweeps")
    python, program, found = python_of("vectorbt"), bench_program("sweep"), []
    for pairs, issues, bars, few in SWEEPS:
        arguments = [files["many"], issues, bars, pairs, few]
        output, _, _ = finished([python, "-B", HERE / "sweep_peers.py", *map(str, arguments)], cwd=folder)
        own, _, megabytes = finished([program, str(pairs), str(issues), str(bars)])
        told = re.findall(r"(\d) thread\(s\): ([\d.]+) s, cpu ([\d.]+) s", own)
        threads = {int(count): (float(seconds), float(cpu)) for count, seconds, cpu in told}
        shape = {"pairs": pairs, "issues": issues, "bars": bars, "few": few}
        found.append(shape | {"exodus": threads, "exodus_mb": megabytes} | json.loads(output))
    return found


def bench_program(name):
    """The benchmark of the engine that is called so, built as it is shipped."""
    build = ["cargo", "bench", "--quiet", "--locked", "--no-run", "--package", "exodus-backtest", "--bench", name]
    output, _, _ = finished([*build, "--message-format", "json"])
    built = (json.loads(line) for line in output.splitlines())
    return next(one["executable"] for one in built if one.get("executable") and one["target"]["name"] == name)


def ceiling():
    """Nanoseconds a bar of the least code and of the engine, by shape."""
    say("The ceiling")
    output, _, _ = finished([bench_program("ceiling")])
    rows = re.findall(r"^\| (\d.*?) \| (\d+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \|", output, re.MULTILINE)
    return [(name, float(floor), float(own)) for name, _, _, floor, own in rows]


def main():
    program, folder, out, *real = sys.argv[1:]
    folder = Path(folder)
    for one in PEERS:
        python_of(one.package)
    exodus = Exodus(Path(program).resolve(), folder / "data")
    say("Making bars")
    files, sessions = make_bars(exodus, folder)
    say("Importing them")
    exodus.load(files["many"])
    exodus.load(files["minutes"], "--interval", "1m")
    for path in real:
        exodus.load(path, "--adjusted")
    agreement = compare(exodus, files, real, folder)
    figures = rounds(exodus, files, sessions, folder)
    versions = {one.name: version_of(one) for one in PEERS}
    kept = Figures(agreement, figures, versions, ceiling(), sweeps(files, folder), len(real))
    Path(out).write_text(table(kept))
    gaps = {name: gap for name, (gap, equal, _, _) in agreement.items() if gap > 1e-9 or not equal}
    if gaps:
        raise SystemExit(f"not the same answers as {', '.join(gaps)}")


main()
