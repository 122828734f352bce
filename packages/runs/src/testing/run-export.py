"""Runs an exported model in Python's ONNX Runtime, which knows nothing of who wrote it.

python run-export.py MODEL.onnx < FEEDS.json > OUTPUTS.json

Both are objects of arrays by name, each with its shape and its numbers: {"image": {"shape": [1, 2, 2, 1], "data": [0, 1, 0, 1]}}.
"""
import json
import sys

import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
feeds = {
    name: np.array(array["data"], np.float32).reshape(array["shape"]) for name, array in json.load(sys.stdin).items()
}
names = [output.name for output in session.get_outputs()]
outputs = zip(names, session.run(names, feeds))
json.dump({name: {"shape": array.shape, "data": array.ravel().tolist()} for name, array in outputs}, sys.stdout)
