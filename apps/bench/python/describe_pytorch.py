"""Says as one line of JSON which PyTorch this Python has, and which BLAS it computes matrix products with."""

import json
import re
import sys

import numpy  # noqa: F401  (the twins need it too)
import torch


def system_blas():
    """The folder of the shared libblas that PyTorch was linked to, as in Debian; None where it brings its own."""
    torch.ones(2, 2) @ torch.ones(2, 2)
    try:
        with open("/proc/self/maps") as maps:
            paths = [line.split()[-1] for line in maps if "/libblas.so" in line]
    except OSError:
        return None
    return paths[0].split("/")[-2] if paths else None


def own_blas():
    text = torch.__config__.show()
    found = re.search(r"Math Kernel Library Version ([\d.]+)", text)
    if found:
        return f"mkl {found.group(1)}"
    found = re.search(r"BLAS_INFO=([\w-]+)", text)
    return found.group(1) if found else "unknown BLAS"


print(json.dumps({"version": torch.__version__, "executable": sys.executable, "systemBlas": system_blas(), "ownBlas": own_blas()}))
