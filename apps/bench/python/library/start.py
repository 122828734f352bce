"""The weights and feeds that every engine starts from: the safetensors file that src/tasks/prepare.ts writes."""

import json

import numpy
import torch
from torch import nn

DTYPES = {"F32": numpy.float32, "I32": numpy.int32}


class Start:
    def __init__(self, path):
        with open(path, "rb") as file:
            content = file.read()
        header_length = int.from_bytes(content[:8], "little")
        self.data = memoryview(content)[8 + header_length :]
        self.header = json.loads(content[8 : 8 + header_length])

    def tensor(self, name):
        entry = self.header[name]
        first, end = entry["data_offsets"]
        values = numpy.frombuffer(self.data[first:end], dtype=DTYPES[entry["dtype"]])
        return torch.from_numpy(values.reshape(entry["shape"]).copy())

    def feed(self, phase, name):
        return self.tensor(f"feed/{phase}/{name}")

    def images(self, phase, name):
        """[batch, height, width, channels] as PyTorch wants it: [batch, channels, height, width]."""
        return self.feed(phase, name).permute(0, 3, 1, 2).contiguous()

    def weight(self, name):
        return nn.Parameter(self.tensor(f"state/{name}"))

    def kernel(self, name):
        """TensorFlow's (height, width, a, b) in PyTorch's order, (b, a, height, width): both of convolutions and of
        transposed convolutions."""
        return nn.Parameter(self.tensor(f"state/{name}").permute(3, 2, 0, 1).contiguous())

    def dense_to_maps(self, name, side, channels):
        """A dense kernel (inputs, side·side·channels) whose outputs become maps: (channels·side·side, inputs)."""
        kernel = self.tensor(f"state/{name}")
        inputs = kernel.shape[0]
        maps = kernel.reshape(inputs, side, side, channels).permute(3, 1, 2, 0)
        return nn.Parameter(maps.reshape(channels * side * side, inputs).contiguous())

    def vector_to_maps(self, name, side, channels):
        """A vector of (side·side·channels) in the order of maps."""
        vector = self.tensor(f"state/{name}").reshape(side, side, channels).permute(2, 0, 1)
        return nn.Parameter(vector.reshape(-1).contiguous())

    def dense_of_maps(self, name, side, channels):
        """A dense kernel (side·side·channels, outputs) whose inputs are flattened maps: (outputs, channels·side·side)."""
        kernel = self.tensor(f"state/{name}")
        outputs = kernel.shape[1]
        maps = kernel.reshape(side, side, channels, outputs).permute(3, 2, 0, 1)
        return nn.Parameter(maps.reshape(outputs, channels * side * side).contiguous())

    def batch_norm(self, prefix, module, momentum=0.1, epsilon=1e-5):
        """A batch normalization of `module` (a class) with the weights of the layer `prefix`."""
        gamma = self.weight(f"{prefix}/gamma")
        norm = module(gamma.numel(), eps=epsilon, momentum=momentum)
        norm.weight, norm.bias = gamma, self.weight(f"{prefix}/beta")
        return norm

    def instance_norm(self, prefix):
        """Instance normalization with the weights of the layer `prefix`."""
        return self.batch_norm(prefix, nn.InstanceNorm2d)
