"""SRResNet ×4 (Ledig et al. 2017): the step of the variant `srgan`'s stage on pixels.

The small images are made in the step, by products with matrices of Pillow's bicubic resize, as Gantry makes them.
"""

import math

import torch
from torch import nn
from torch.nn import functional

from library.training import adam, take_gradients

FACTOR, BLOCKS = 4, 16


def bicubic(inputs, outputs):
    """Pillow's antialiased bicubic resize (a = -0.5) as a matrix (outputs, inputs)."""

    def kernel(x):
        x = abs(x)
        if x < 1:
            return (1.5 * x - 2.5) * x * x + 1
        return ((-0.5 * x + 2.5) * x - 4) * x + 2 if x < 2 else 0.0

    scale = inputs / outputs
    matrix = torch.zeros(outputs, inputs, dtype=torch.float64)
    for row in range(outputs):
        center = (row + 0.5) * scale
        first, end = max(0, math.floor(center - 2 * scale + 0.5)), min(inputs, math.floor(center + 2 * scale + 0.5))
        for column in range(first, end):
            matrix[row, column] = kernel((column + 0.5 - center) / scale)
    return (matrix / matrix.sum(1, keepdim=True)).float()


class Generator(nn.Module):
    def __init__(self, start):
        super().__init__()
        count = 2 * BLOCKS + 5
        self.kernels = nn.ParameterList(start.kernel(f"generator/conv2d_{index}/kernel") for index in range(1, count + 1))
        biased = [index for index in range(1, count + 1) if f"state/generator/conv2d_{index}/bias" in start.header]
        self.biases = nn.ParameterDict({str(index): start.weight(f"generator/conv2d_{index}/bias") for index in biased})
        self.norms = nn.ModuleList(
            start.batch_norm(f"generator/batch_normalization_{index}", nn.BatchNorm2d) for index in range(1, 2 * BLOCKS + 2)
        )
        self.slopes = nn.ParameterList(
            nn.Parameter(start.tensor(f"state/generator/p_relu_{index}/alpha").flatten()) for index in range(1, BLOCKS + 4)
        )

    def forward(self, low):
        layers, norms, slopes = iter(range(1, len(self.kernels) + 1)), iter(self.norms), iter(self.slopes)

        def convolution(x):
            index = next(layers)
            kernel = self.kernels[index - 1]
            bias = self.biases[str(index)] if str(index) in self.biases else None
            return functional.conv2d(x, kernel, bias, padding=kernel.shape[-1] // 2)

        def inner(x):
            return next(norms)(convolution(x))

        first = functional.prelu(convolution(low), next(slopes))
        x = first
        for _ in range(BLOCKS):
            x = x + inner(functional.prelu(inner(x), next(slopes)))
        x = first + inner(x)
        for _ in range(2):
            # TensorFlow's order of channels: the pixel's place is the slower part.
            maps = convolution(x)
            batch, channels, height, width = maps.shape
            own = maps.reshape(batch, 4, channels // 4, height, width).transpose(1, 2).reshape(maps.shape)
            x = functional.prelu(functional.pixel_shuffle(own, 2), next(slopes))
        return convolution(x)


def create(start, way):
    generator = Generator(start)
    optimizer = adam(generator, 1e-4, (0.9, 0.999))
    high = start.images("pretrain", "image")
    side = high.shape[-1]
    reduction = bicubic(side, side // FACTOR)

    def step():
        low = (reduction @ high @ reduction.t()).clamp(-1, 1)
        loss = functional.mse_loss(generator(low), high)
        take_gradients(loss, generator)
        optimizer.step()
        return [loss.item()]

    return step
