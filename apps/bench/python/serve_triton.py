"""Serves a generator with NVIDIA's Triton Inference Server, from the PyPI package nvidia-pytriton: the server itself with its dynamic
batcher, and ONNX Runtime in its Python backend (its own ONNX Runtime backend is in no package).

    serve_triton.py generator.onnx PORT THREADS LARGEST_BATCH
"""
import sys

import numpy as np
import onnxruntime as ort
from pytriton.decorators import batch
from pytriton.model_config import DynamicBatcher, ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig

path, port, threads, largest = sys.argv[1], *map(int, sys.argv[2:5])
options = ort.SessionOptions()
options.intra_op_num_threads = threads
session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
TYPES = {"tensor(float)": np.float32, "tensor(int32)": np.int32}


def tensor_of(value) -> Tensor:
    # Triton has no scalars: a label of a sample is a list of one.
    return Tensor(name=value.name, dtype=TYPES[value.type], shape=tuple(value.shape[1:]) or (1,))


@batch
def infer(**inputs):
    feeds = {each.name: inputs[each.name].reshape(-1, *each.shape[1:]) for each in session.get_inputs()}
    return session.run(None, feeds)


ports = {"http_port": port, "grpc_port": port + 1, "metrics_port": port + 2}
where = {"http_address": "127.0.0.1", "grpc_address": "127.0.0.1", "metrics_address": "127.0.0.1"}
with Triton(config=TritonConfig(**where, **ports, log_verbose=0)) as triton:
    triton.bind(
        model_name="generator",
        infer_func=infer,
        inputs=[tensor_of(each) for each in session.get_inputs()],
        outputs=[tensor_of(each) for each in session.get_outputs()],
        config=ModelConfig(max_batch_size=largest, batcher=DynamicBatcher(max_queue_delay_microseconds=4000)),
    )
    triton.run()
    print(f"http://127.0.0.1:{port}", flush=True)
    sys.stdin.read()
