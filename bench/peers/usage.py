"""Runs a command and writes what it took to a file: usage.py FILE COMMAND [ARGUMENT...].

A process of its own, because a child's peak memory starts from that of the process it was made by, and this one is
small.
"""

import json
import os
import sys

out, *command = sys.argv[1:]
child = os.posix_spawnp(command[0], command, os.environ)
_, status, usage = os.wait4(child, 0)
with open(out, "w") as file:
    json.dump({"cpu": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024}, file)
sys.exit(os.waitstatus_to_exitcode(status))
