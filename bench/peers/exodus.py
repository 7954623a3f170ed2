"""Exodus as the other programs are measured: through the program that ships, on bars that were imported."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

LISTEN = "127.0.0.1:18766"
# What rule.py says of size and commission.
SIZE_PERCENT, COMMISSION = 80, {"rate_ppb": 150_000}
PEER_CAPITAL = 10_000_000


def finished(command, **more):
    """Runs a command to its end: its output, CPU seconds and peak megabytes."""
    with tempfile.NamedTemporaryFile() as usage:
        measured = [sys.executable, "-I", "-S", Path(__file__).with_name("usage.py"), usage.name, *map(str, command)]
        process = subprocess.run(measured, stdout=subprocess.PIPE, text=True, **more)
        if process.returncode:
            raise SystemExit(f"{command[0]} ended with {process.returncode}")
        took = json.load(usage)
    return process.stdout, took["cpu"], took["mb"]


class Exodus:
    """An installation of its own in `folder`."""

    def __init__(self, program, folder):
        self.program = str(program)
        self.environment = os.environ | {"EXODUS_DATA_DIR": str(folder), "EXODUS_LOG": "error", "EXODUS_LISTEN": LISTEN}
        self.call("migrate")

    def call(self, *arguments):
        return finished([self.program, *arguments], env=self.environment)

    def load(self, path, *options):
        self.call("import", "bars", path, "--json", *options)

    def backtest(self, symbols, interval, begin, end, size_percent, capital):
        """A new process to the answer: its report, CPU seconds and megabytes."""
        parameters = {"interval": interval, "fast": 20, "slow": 60, "position_size_percent": size_percent}
        given = [word for name, value in parameters.items() for word in ("--param", f"{name}={value}")]
        output, cpu, megabytes = self.call(
            *("backtest", "run", "--strategy", "moving_average_cross", *given, "--symbols", ",".join(symbols)),
            *("--from", begin, "--to", end, "--capital", capital, "--commission", "rate_ppb=150000", "--json"),
        )
        return json.loads(output.splitlines()[-1]), cpu, megabytes

    def answers(self, wanted):
        """(equity by session, fills) of each (symbol, first day, last day), from the API of a running program."""
        server = subprocess.Popen([self.program], env=self.environment, stdout=subprocess.DEVNULL)
        try:
            api = Api()
            return [api.answer(*one) for one in wanted]
        finally:
            server.terminate()
            server.wait()


class Api:
    def __init__(self):
        self.token = None
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://{LISTEN}/health").read()
                break
            except OSError:
                time.sleep(0.1)
        password = os.urandom(16).hex()
        person = {"full_name": "bench", "email": "bench@example.com", "password": password}
        self.ask("POST", "auth/register", person)
        login = {"email": person["email"], "password": password}
        self.token = self.ask("POST", "auth/login", login)["access_token"]

    def ask(self, method, path, body=None):
        request = urllib.request.Request(f"http://{LISTEN}/api/v1/{path}", method=method)
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, json.dumps(body).encode() if body else None) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()}") from error

    def answer(self, symbol, begin, end):
        parameters = {"interval": "1d", "fast": 20, "slow": 60, "position_size_percent": SIZE_PERCENT}
        wanted = {"name": f"bench {symbol}", "strategy_type": "moving_average_cross", "parameters": parameters}
        wanted |= {"symbols": [symbol], "start_date": begin, "end_date": end}
        wanted |= {"initial_capital": PEER_CAPITAL, "commission": COMMISSION}
        identity = self.ask("POST", "backtest", wanted)["id"]
        for _ in range(600):
            found = self.ask("GET", f"backtest/{identity}")
            if found["status"] not in ("queued", "running"):
                break
            time.sleep(0.1)
        if found["status"] != "done":
            raise SystemExit(f"backtest of {symbol}: {found['status']}: {found['error']}")
        return [point["equity"] for point in found["equity"]], self.fills(identity)

    def fills(self, identity):
        fills, page = [], 1
        while True:
            rows = self.ask("GET", f"backtest/{identity}/trades?page_size=100&page={page}")["items"]
            for trade in rows:
                sign = 1 if trade["side"] == "buy" else -1
                costs = trade["commission"] + trade["tax"]
                fills.append((trade["executed_at"][:10], sign * trade["quantity"], trade["price"], costs))
            if len(rows) < 100:
                return fills
            page += 1
