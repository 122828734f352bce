"""The networks of src/translation in @gantry/variants: U-Net, residual generator, and the discriminator of patches."""

import torch
from torch import nn
from torch.nn import functional


class Unet(nn.Module):
    """Isola et al. 2017, section 6.1.1: eight halvings of 256 pixels; dropout by masks that are given."""

    HALVINGS, WITH_DROPOUT, RATE = 8, 3, 0.5

    def __init__(self, start):
        super().__init__()
        depths = range(1, self.HALVINGS + 1)
        self.downs = nn.ParameterList(start.kernel(f"generator/conv2d_{depth}/kernel") for depth in depths)
        self.ups = nn.ParameterList(start.kernel(f"generator/conv2d_transpose_{depth}/kernel") for depth in depths)
        self.first_bias = start.weight("generator/conv2d_1/bias")
        self.inner_bias = start.weight(f"generator/conv2d_{self.HALVINGS}/bias")
        self.last_bias = start.weight(f"generator/conv2d_transpose_{self.HALVINGS}/bias")
        norms = [start.instance_norm(f"generator/instance_normalization_{index}") for index in range(1, 14)]
        self.down_norms, self.up_norms = nn.ModuleList(norms[:6]), nn.ModuleList(norms[6:])

    def forward(self, images, uniform):
        last = self.HALVINGS - 1
        maps = [functional.conv2d(images, self.downs[0], self.first_bias, stride=2, padding=1)]
        for depth in range(1, self.HALVINGS):
            bias = self.inner_bias if depth == last else None
            x = functional.conv2d(functional.leaky_relu(maps[-1], 0.2), self.downs[depth], bias, stride=2, padding=1)
            maps.append(x if depth == last else self.down_norms[depth - 1](x))
        x = maps.pop()
        for layer in range(last):
            x = functional.conv_transpose2d(functional.relu(x), self.ups[layer], stride=2, padding=1)
            x = self.up_norms[layer](x)
            if layer < self.WITH_DROPOUT:
                x = x * ((uniform[layer] >= self.RATE) / (1 - self.RATE))
            x = torch.cat([maps.pop(), x], 1)
        x = functional.conv_transpose2d(functional.relu(x), self.ups[last], self.last_bias, stride=2, padding=1)
        return torch.tanh(x)


class ResidualGenerator(nn.Module):
    """Zhu et al. 2017, section 7.2, with 6 blocks.

    TensorFlow's transposed convolutions of 3×3 put their odd row before the others, PyTorch's after them, which is the mirror image.
    So maps and kernels are mirrored after the last block, which treats both sides alike, and the image is mirrored back.
    """

    BLOCKS = 6

    def __init__(self, start, prefix):
        super().__init__()
        self.kernels = nn.ParameterList(start.kernel(f"{prefix}/conv2d_{index}/kernel") for index in range(1, 2 * self.BLOCKS + 5))
        self.kernels[-1] = nn.Parameter(self.kernels[-1].detach().flip(2, 3).contiguous())
        self.ups = nn.ParameterList(
            nn.Parameter(start.kernel(f"{prefix}/conv2d_transpose_{index}/kernel").detach().flip(2, 3).contiguous()) for index in (1, 2)
        )
        self.norms = nn.ModuleList(
            start.instance_norm(f"{prefix}/instance_normalization_{index}") for index in range(1, 2 * self.BLOCKS + 6)
        )
        self.bias = start.weight(f"{prefix}/conv2d_{2 * self.BLOCKS + 4}/bias")

    def forward(self, images):
        def mirrored(x, padding):
            return functional.pad(x, [padding] * 4, mode="reflect")

        kernels, norms = iter(self.kernels), iter(self.norms)
        x = functional.relu(next(norms)(functional.conv2d(mirrored(images, 3), next(kernels))))
        for _ in range(2):
            x = functional.relu(next(norms)(functional.conv2d(x, next(kernels), stride=2, padding=1)))
        for _ in range(self.BLOCKS):
            residual = functional.relu(next(norms)(functional.conv2d(mirrored(x, 1), next(kernels))))
            x = x + next(norms)(functional.conv2d(mirrored(residual, 1), next(kernels)))
        x = x.flip(2, 3)
        for kernel in self.ups:
            x = functional.conv_transpose2d(x, kernel, stride=2, padding=1, output_padding=1)
            x = functional.relu(next(norms)(x))
        return torch.tanh(functional.conv2d(mirrored(x, 3), next(kernels), self.bias)).flip(2, 3)


class PatchDiscriminator(nn.Module):
    """PatchGAN of 70 pixels (Isola et al. 2017, section 6.1.2)."""

    STRIDES = (2, 2, 2, 1, 1)

    def __init__(self, start, prefix):
        super().__init__()
        self.kernels = nn.ParameterList(start.kernel(f"{prefix}/conv2d_{index}/kernel") for index in range(1, 6))
        self.first_bias, self.last_bias = (start.weight(f"{prefix}/conv2d_{index}/bias") for index in (1, 5))
        self.norms = nn.ModuleList(start.instance_norm(f"{prefix}/group_normalization_{index}") for index in (1, 2, 3))

    def forward(self, images):
        x = functional.conv2d(images, self.kernels[0], self.first_bias, stride=2, padding=1)
        x = functional.leaky_relu(x, 0.2)
        for kernel, norm, stride in zip(self.kernels[1:-1], self.norms, self.STRIDES[1:]):
            x = functional.leaky_relu(norm(functional.conv2d(x, kernel, stride=stride, padding=1)), 0.2)
        return functional.conv2d(x, self.kernels[-1], self.last_bias, padding=1)
