"""The DCGAN step of TensorFlow's tutorial: src/tutorial-model.ts.

One forward pass of each network, a gradient of each loss, then both Adam updates. TensorFlow's SAME padding of a stride-2
convolution is 1 before and 2 after; PyTorch's is 2 before and (for these sizes) 1 after, which is the mirror image. So
kernels and images are mirrored here, and nothing is padded twice.
"""

import torch
from torch import nn
from torch.nn import functional

from library.training import adam, judge, take_gradients


def mirrored(weight, axes):
    return nn.Parameter(weight.detach().flip(axes).contiguous())


class Generator(nn.Module):
    def __init__(self, start):
        super().__init__()
        dense = start.dense_to_maps("generator/dense_1/kernel", 7, 256).detach().reshape(256, 7, 7, 100)
        self.dense = nn.Parameter(dense.flip(1, 2).reshape(256 * 7 * 7, 100).contiguous())
        # This normalization is of every number of the maps.
        self.norm0 = nn.BatchNorm1d(7 * 7 * 256, eps=1e-3, momentum=0.01)
        self.norms = nn.ModuleList(
            start.batch_norm(f"generator/batch_normalization_{index}", nn.BatchNorm2d, 0.01, 1e-3) for index in (2, 3)
        )
        self.ups = nn.ParameterList(
            mirrored(start.kernel(f"generator/conv2d_transpose_{index}/kernel"), (2, 3)) for index in (1, 2, 3)
        )

    def forward(self, latents):
        x = functional.leaky_relu(self.norm0(functional.linear(latents, self.dense)), 0.3).reshape(-1, 256, 7, 7)
        x = functional.conv_transpose2d(x, self.ups[0], padding=2)
        x = functional.leaky_relu(self.norms[0](x), 0.3)
        x = functional.conv_transpose2d(x, self.ups[1], stride=2, padding=2, output_padding=1)
        x = functional.leaky_relu(self.norms[1](x), 0.3)
        return torch.tanh(functional.conv_transpose2d(x, self.ups[2], stride=2, padding=2, output_padding=1))


class Discriminator(nn.Module):
    def __init__(self, start):
        super().__init__()
        self.kernels = nn.ParameterList(
            mirrored(start.kernel(f"discriminator/conv2d_{index}/kernel"), (2, 3)) for index in (1, 2)
        )
        self.biases = nn.ParameterList(start.weight(f"discriminator/conv2d_{index}/bias") for index in (1, 2))
        dense = start.dense_of_maps("discriminator/dense_1/kernel", 7, 128).detach().reshape(1, 128, 7, 7)
        self.dense = nn.Parameter(dense.flip(2, 3).reshape(1, 128 * 7 * 7).contiguous())
        self.dense_bias = start.weight("discriminator/dense_1/bias")

    def forward(self, images):
        x = images
        for kernel, bias in zip(self.kernels, self.biases):
            x = functional.leaky_relu(functional.conv2d(x, kernel, bias, stride=2, padding=2), 0.3)
        return functional.linear(x.flatten(1), self.dense, self.dense_bias)


def create(start, way):
    generator, discriminator = Generator(start), Discriminator(start)
    optimizers = [adam(network, 1e-4, (0.9, 0.999)) for network in (discriminator, generator)]
    images = start.images("step", "images").flip(2, 3).contiguous()
    latents = start.feed("step", "latents")

    def step():
        real_logits, generated_logits = judge(discriminator, images, generator(latents), way)
        discriminator_loss = functional.softplus(-real_logits).mean() + functional.softplus(generated_logits).mean()
        generator_loss = functional.softplus(-generated_logits).mean()
        take_gradients(discriminator_loss, discriminator, retain_graph=True)
        take_gradients(generator_loss, generator)
        for optimizer in optimizers:
            optimizer.step()
        return [discriminator_loss.item(), generator_loss.item()]

    return step
