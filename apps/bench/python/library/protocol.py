"""The line protocol of src/protocol.ts: requests on standard input, replies on standard output."""

import json
import resource
import sys
import time


def send(reply):
    print(json.dumps(reply), flush=True)


def serve(step, version, note):
    """Runs as many steps as each request asks for, and times every one."""
    send({"version": version, "note": note})
    for line in sys.stdin:
        request = json.loads(line)
        if "stop" in request:
            break
        milliseconds = []
        for _ in range(request["steps"]):
            start = time.perf_counter()
            losses = step()
            milliseconds.append((time.perf_counter() - start) * 1000)
        # Kilobytes on Linux, bytes on macOS.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
        send({"milliseconds": milliseconds, "losses": losses, "peakMemoryMb": peak})
