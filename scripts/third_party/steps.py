"""Named steps, and what the emulator says of itself."""

import datetime
import json
import os
import sys
import time
import traceback
import urllib.request

import time_machine

ADDRESSES = json.loads(os.environ["EMULATOR"])


def control(path, body=None):
    """Asks the control API of the emulator."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(ADDRESSES["rest"] + "/emulator/" + path, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def account(environment, index):
    """Key, secret, number and HTS id of an account."""
    of_environment = [one for one in control("accounts")["accounts"] if one["env"] == environment]
    return of_environment[index]


def live_in_emulated_time():
    """Shows this process the time of the emulator, as if it had been started then: clients compare expiries and opening
    hours with the clock of their machine."""
    now = datetime.datetime.fromisoformat(control("clock")["now"])
    time_machine.travel(now, tick=True).start()


class Steps:
    """Runs steps one after the other and tells how each went."""

    def __init__(self, client):
        self.client = client
        self.failed = 0
        self.passed = 0

    def __call__(self, name):
        def run(step):
            try:
                step()
            except Exception:
                self.failed += 1
                print(f"  ✘ {self.client}: {name}")
                traceback.print_exc(limit=-4, file=sys.stdout)
            else:
                self.passed += 1
                print(f"  ✔ {self.client}: {name}")
            return step

        return run

    def finish(self):
        print(f"  {self.client}: {self.passed} of {self.passed + self.failed} steps")
        sys.exit(1 if self.failed else 0)


def eventually(look, seconds=15):
    """The first true value of `look`, or its last one when time is up."""
    until = time.monotonic() + seconds
    while True:
        seen = look()
        if seen or time.monotonic() > until:
            return seen
        time.sleep(0.2)


def same(one, other):
    assert one == other, f"{one!r} is not {other!r}"


def accepted(answer):
    """The output of an answer that is a success."""
    assert answer is not None and answer.get("rt_cd") == "0", answer
    return answer["output"] if "output" in answer else answer["output1"]
