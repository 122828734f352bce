"""The tutorial's DCGAN step in PyTorch, for Gantry's benchmark. Speaks the line protocol of src/protocol.ts.

Usage: pytorch_step.py THREADS

The mathematics is that of src/tutorial-model.ts: one forward pass of each network, a gradient of each loss, then both
Adam updates. TensorFlow's SAME padding of a stride-2 convolution is 1 before and 2 after; PyTorch's is 2 before and (for
these sizes) 1 after, which is the mirror image. So kernels and images are mirrored here, and nothing is padded twice.
"""

import json
import math
import resource
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional


def shared_numbers(shape, limit):
    values = numpy.sin(numpy.arange(1, math.prod(shape) + 1, dtype=numpy.float64)) * 43758.5453
    numbers = limit * (2 * (values - numpy.floor(values)) - 1)
    return torch.from_numpy(numbers.astype(numpy.float32).reshape(shape))


def shared_kernel(*shape):
    receptive = math.prod(shape[:-2])
    limit = math.sqrt(6 / (receptive * shape[-2] + receptive * shape[-1]))
    return shared_numbers(shape, limit)


def mirrored(kernel, order):
    """Turns a kernel of TensorFlow's (height, width, a, b) into PyTorch's order of axes, mirrored in both directions."""
    return nn.Parameter(kernel.flip(0, 1).permute(order).contiguous())


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        dense = shared_kernel(100, 7 * 7 * 256).reshape(100, 7, 7, 256).flip(1, 2).permute(3, 1, 2, 0)
        self.dense = nn.Parameter(dense.reshape(7 * 7 * 256, 100).contiguous())
        self.norm0 = nn.BatchNorm1d(7 * 7 * 256, eps=1e-3, momentum=0.01)
        self.up1 = mirrored(shared_kernel(5, 5, 128, 256), (3, 2, 0, 1))
        self.norm1 = nn.BatchNorm2d(128, eps=1e-3, momentum=0.01)
        self.up2 = mirrored(shared_kernel(5, 5, 64, 128), (3, 2, 0, 1))
        self.norm2 = nn.BatchNorm2d(64, eps=1e-3, momentum=0.01)
        self.up3 = mirrored(shared_kernel(5, 5, 1, 64), (3, 2, 0, 1))

    def forward(self, latents):
        x = functional.leaky_relu(self.norm0(functional.linear(latents, self.dense)), 0.3).reshape(-1, 256, 7, 7)
        x = functional.conv_transpose2d(x, self.up1, padding=2)
        x = functional.leaky_relu(self.norm1(x), 0.3)
        x = functional.conv_transpose2d(x, self.up2, stride=2, padding=2, output_padding=1)
        x = functional.leaky_relu(self.norm2(x), 0.3)
        return torch.tanh(functional.conv_transpose2d(x, self.up3, stride=2, padding=2, output_padding=1))


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1 = mirrored(shared_kernel(5, 5, 1, 64), (3, 2, 0, 1))
        self.bias1 = nn.Parameter(torch.zeros(64))
        self.down2 = mirrored(shared_kernel(5, 5, 64, 128), (3, 2, 0, 1))
        self.bias2 = nn.Parameter(torch.zeros(128))
        dense = shared_kernel(7 * 7 * 128, 1).reshape(7, 7, 128).flip(0, 1).permute(2, 0, 1)
        self.dense = nn.Parameter(dense.reshape(1, 7 * 7 * 128).contiguous())
        self.bias3 = nn.Parameter(torch.zeros(1))

    def forward(self, images):
        x = functional.leaky_relu(functional.conv2d(images, self.down1, self.bias1, stride=2, padding=2), 0.3)
        x = functional.leaky_relu(functional.conv2d(x, self.down2, self.bias2, stride=2, padding=2), 0.3)
        return functional.linear(x.flatten(1), self.dense, self.bias3)


class Step:
    def __init__(self):
        self.networks = [Discriminator(), Generator()]
        self.optimizers = [torch.optim.Adam(each.parameters(), lr=1e-4, eps=1e-7) for each in self.networks]
        self.feeds = {}

    def __call__(self, batch_size):
        if batch_size not in self.feeds:
            images = shared_numbers((batch_size, 28, 28, 1), 1).permute(0, 3, 1, 2).flip(2, 3).contiguous()
            self.feeds[batch_size] = (images, shared_numbers((batch_size, 100), math.sqrt(3)))
        images, latents = self.feeds[batch_size]
        discriminator, generator = self.networks
        generated = generator(latents)
        real_logits = discriminator(images)
        generated_logits = discriminator(generated)
        losses = [
            functional.softplus(-real_logits).mean() + functional.softplus(generated_logits).mean(),
            functional.softplus(-generated_logits).mean(),
        ]
        gradients = [
            torch.autograd.grad(loss, list(network.parameters()), retain_graph=loss is losses[0])
            for loss, network in zip(losses, self.networks)
        ]
        for network, optimizer, values in zip(self.networks, self.optimizers, gradients):
            for parameter, gradient in zip(network.parameters(), values):
                parameter.grad = gradient
            optimizer.step()
        return [loss.item() for loss in losses]


def blas():
    """The BLAS behind the matrix products: half of this step, and it makes a factor of 17 on one machine.

    Debian offers the slow reference BLAS, OpenBLAS with POSIX threads, whose threads and PyTorch's OpenMP threads wait
    for each other, and OpenBLAS with OpenMP.
    """
    try:
        with open("/proc/self/maps") as maps:
            paths = [line.split()[-1] for line in maps if "/libblas.so" in line]
    except OSError:
        paths = []
    if not paths:
        return "its own BLAS"
    folder = paths[0].split("/")[-2]
    if folder == "blas":
        return "reference BLAS, slow: apt-get install libopenblas0-openmp"
    return f"BLAS {folder}"


def send(reply):
    print(json.dumps(reply), flush=True)


def main():
    torch.set_num_threads(int(sys.argv[1]))
    step = Step()
    send({"version": torch.__version__, "note": f"{torch.get_num_threads()} threads, {blas()}"})
    for line in sys.stdin:
        request = json.loads(line)
        if "stop" in request:
            break
        milliseconds = []
        for _ in range(request["steps"]):
            start = time.perf_counter()
            losses = step(request["batchSize"])
            milliseconds.append((time.perf_counter() - start) * 1000)
        # Kilobytes on Linux, bytes on macOS.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
        send({"milliseconds": milliseconds, "losses": losses, "peakMemoryMb": peak})


try:
    main()
except Exception as error:  # every failure is a reply
    send({"error": f"{type(error).__name__}: {error}"})
