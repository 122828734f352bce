"""One case of Gantry's benchmark in PyTorch.

Usage: pytorch_step.py CASE START_FILE THREADS WAY
"""

import importlib
import sys

import torch

from library.protocol import send, serve
from library.start import Start


def main():
    case, start_file, threads, way = sys.argv[1:]
    torch.set_num_threads(int(threads))
    module = importlib.import_module(f"cases.{case.replace('-', '_')}")
    step = module.create(Start(start_file), way)
    serve(step, torch.__version__, f"{torch.get_num_threads()} threads")


try:
    main()
except Exception as error:  # every failure is a reply
    send({"error": f"{type(error).__name__}: {error}"})
