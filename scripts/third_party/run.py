"""Starts the emulator on free ports and lets each client trade at it, in a process of its own."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
# A Thursday; the clients are shown the same time, so that nothing depends on the day of the test.
START = "2026-10-01T10:00:00+09:00"
CLIENTS = ["mojito_steps.py", "kis_agent_steps.py"]


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def wait_until_it_answers(url, emulator, said):
    for _ in range(300):
        if emulator.poll() is not None:
            sys.exit(f"the emulator ended: {tail(said)}")
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    sys.exit(f"the emulator does not answer: {tail(said)}")


def tail(said):
    said.seek(0)
    return said.read().decode(errors="replace")[-4000:]


def environment_of(folder, addresses):
    """No proxy leads out, and the home is empty: a client reaches the emulator and nothing else, and finds no old token."""
    nowhere = "http://127.0.0.1:9"
    return {
        "PATH": os.environ["PATH"],
        "HOME": folder,
        "TMPDIR": folder,
        "TZ": "Asia/Seoul",
        "PYTHONPATH": str(HERE),
        "PYTHONUNBUFFERED": "1",
        "HTTP_PROXY": nowhere,
        "HTTPS_PROXY": nowhere,
        "NO_PROXY": "127.0.0.1",
        "KIS_TOKEN_PATH": f"{folder}/KIS_Token.json",
        "EMULATOR": json.dumps(addresses),
    }


def main(program):
    rest, ws, mock_rest, mock_ws = free_ports(4)
    addresses = {
        "rest": f"http://127.0.0.1:{rest}",
        "ws": f"ws://127.0.0.1:{ws}",
        "mock_rest": f"http://127.0.0.1:{mock_rest}",
        "mock_ws": f"ws://127.0.0.1:{mock_ws}",
    }
    ports = ["--rest-port", rest, "--ws-port", ws, "--mock-rest-port", mock_rest, "--mock-ws-port", mock_ws]
    settings = ["--clock", "x1", "--start", START, "--accounts", len(CLIENTS), "--rate-limit", 1000]
    command = [program, "emulator", *map(str, ports + settings)]
    own = {name: value for name, value in os.environ.items() if not name.startswith("EXODUS_")}
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, env=own, stdout=said, stderr=said) as emulator:
        try:
            wait_until_it_answers(f"{addresses['rest']}/emulator/clock", emulator, said)
            failed = [client for index, client in enumerate(CLIENTS) if not run(client, index, addresses)]
        finally:
            emulator.terminate()
        emulator.wait(timeout=20)
        if failed:
            print(tail(said), file=sys.stderr)
            sys.exit(f"✘ {', '.join(failed)}")


def run(client, index, addresses):
    with tempfile.TemporaryDirectory(prefix="exodus-third-party.") as folder:
        command = [sys.executable, "-B", str(HERE / client), str(index)]
        return subprocess.run(command, cwd=folder, env=environment_of(folder, addresses), timeout=600).returncode == 0


if __name__ == "__main__":
    main(sys.argv[1])
