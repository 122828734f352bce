"""The networks of src/architectures/dcgan.ts in @gantry/variants: 4×4 kernels of stride 2."""

import torch
from torch import nn
from torch.nn import functional


class Generator(nn.Module):
    """A dense layer to small maps, then transposed convolutions; batch norm and ReLU before each of them."""

    def __init__(self, start, side, doublings):
        super().__init__()
        self.side, self.doublings = side, doublings
        widths = [start.header[f"state/generator/batch_normalization_{index + 1}/gamma"]["shape"][0] for index in range(doublings)]
        self.width = widths[0]
        self.dense = start.dense_to_maps("generator/dense_1/kernel", side, self.width)
        self.norms = nn.ModuleList(
            start.batch_norm(f"generator/batch_normalization_{index + 1}", nn.BatchNorm2d) for index in range(doublings)
        )
        self.kernels = nn.ParameterList(
            start.kernel(f"generator/conv2d_transpose_{index + 1}/kernel") for index in range(doublings)
        )
        self.bias = start.weight(f"generator/conv2d_transpose_{doublings}/bias")

    def forward(self, latent):
        x = functional.linear(latent, self.dense).reshape(-1, self.width, self.side, self.side)
        for index, (norm, kernel) in enumerate(zip(self.norms, self.kernels)):
            bias = self.bias if index == self.doublings - 1 else None
            x = functional.conv_transpose2d(functional.relu(norm(x)), kernel, bias, stride=2, padding=1)
        return torch.tanh(x)


class Discriminator(nn.Module):
    """Convolutions with leaky ReLU; batch norm on all but the first where `normalized`, else biases."""

    def __init__(self, start, side, halvings, normalized):
        super().__init__()
        names = [f"discriminator/conv2d_{index + 1}" for index in range(halvings)]
        self.kernels = nn.ParameterList(start.kernel(f"{name}/kernel") for name in names)
        biased = names[:1] if normalized else names
        self.biases = nn.ParameterList(start.weight(f"{name}/bias") for name in biased)
        self.norms = nn.ModuleList(
            start.batch_norm(f"discriminator/batch_normalization_{index}", nn.BatchNorm2d)
            for index in range(1, halvings)
            if normalized
        )
        self.dense = start.dense_of_maps("discriminator/dense_1/kernel", side, self.kernels[-1].shape[0])
        self.dense_bias = start.weight("discriminator/dense_1/bias")

    def forward(self, images):
        x = images
        for index, kernel in enumerate(self.kernels):
            bias = self.biases[index] if index < len(self.biases) else None
            x = functional.conv2d(x, kernel, bias, stride=2, padding=1)
            if index > 0 and len(self.norms) > 0:
                x = self.norms[index - 1](x)
            x = functional.leaky_relu(x, 0.2)
        return functional.linear(x.flatten(1), self.dense, self.dense_bias)
