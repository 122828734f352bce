"""Answers lines of paths with what scipy makes of them: timed tr sqrt(S1 S2), or the accurate value from the samples."""
import json
import sys
import time

import numpy as np
import scipy
from scipy import linalg

maps = open("/proc/self/maps").read()
blas = sorted({line.split("/")[-1].split(".so")[0] for line in maps.split("\n") if "blas" in line and "/" in line})
print(json.dumps({"version": scipy.__version__, "numpy": np.__version__, "blas": blas}), flush=True)

for line in sys.stdin:
    kind, first, second = line.split()
    one, two = np.load(first), np.load(second)
    start = time.perf_counter()
    if kind == "sqrtm":
        # pytorch-fid, fid_score.py
        root, _ = linalg.sqrtm(one.dot(two), disp=False)
        value = float(np.trace(root.real))
    else:
        # Nuclear norm of Xc1 Xc2' / sqrt((n1 - 1)(n2 - 1)): no squares, so no digits are lost.
        factors = [(x - x.mean(axis=0)) / np.sqrt(len(x) - 1) for x in (one, two)]
        factors = [np.linalg.qr(x, mode="r") if len(x) > x.shape[1] else x for x in factors]
        value = float(np.linalg.svd(factors[0] @ factors[1].T, compute_uv=False).sum())
    print(json.dumps({"seconds": time.perf_counter() - start, "value": value}), flush=True)
