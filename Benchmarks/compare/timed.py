"""Runs a command and prints, after what it prints, how long it took and how much memory.

    python3 timed.py COMMAND ARGUMENT...
"""

import json
import resource
import subprocess
import sys
import time

start = time.perf_counter()
process = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, text=True)
milliseconds = (time.perf_counter() - start) * 1000
if process.returncode != 0:
    sys.exit(process.returncode)
sys.stdout.write(process.stdout)
last = json.loads(process.stdout.strip().splitlines()[-1])
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
print(
    json.dumps(
        {
            "timesMilliseconds": [milliseconds],
            "peakResidentBytes": peak,
            "version": last.get("version", ""),
            "accuracy": last["accuracy"],
            "loss": last["loss"],
        }
    )
)
