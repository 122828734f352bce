"""SNGAN's residual networks at 32×32 (Miyato et al. 2018, table 4): both phases of the variant `sngan`.

Every convolution of the discriminator is normalized by one power iteration a call, as torch.nn.utils.spectral_norm does it.
So real and generated images are two calls, as in the authors' code: one batch would iterate once.
"""

import warnings

import torch
from torch import nn
from torch.nn import functional

from library.training import MovingAverage, adam, take_gradients


def enlarge(x):
    return functional.interpolate(x, scale_factor=2, mode="nearest")


def shrink(x):
    return functional.avg_pool2d(x, 2)


class Convolutions:
    """Makes the layers of one network in the order of their names: `generator/conv2d_1`, …"""

    def __init__(self, start, prefix, spectral):
        self.start, self.prefix, self.spectral, self.count, self.norms = start, prefix, spectral, 0, 0

    def convolution(self):
        self.count += 1
        name = f"{self.prefix}_{self.count}"
        kernel = self.start.kernel(f"{name}/kernel")
        outputs, inputs, side, _ = kernel.shape
        biased = f"state/{name}/bias" in self.start.header
        layer = nn.Conv2d(inputs, outputs, side, padding=side // 2, bias=biased)
        layer.weight = kernel
        if biased:
            layer.bias = self.start.weight(f"{name}/bias")
        return normalized(layer, self.start, name) if self.spectral else layer

    def norm(self):
        self.norms += 1
        return self.start.batch_norm(f"generator/batch_normalization_{self.norms}", nn.BatchNorm2d)


def normalized(layer, start, name):
    with warnings.catch_warnings():
        # Its successor, torch.nn.utils.parametrizations.spectral_norm, computes the same.
        warnings.simplefilter("ignore")
        layer = nn.utils.spectral_norm(layer)
    # v follows from u in every call in training.
    layer.weight_u.copy_(start.tensor(f"state/{name}/u"))
    return layer


class BlockUp(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.norm1, self.norm2 = layers.norm(), layers.norm()
        # By their depth in the network, as TF.js orders layers.
        self.convolution1, self.shortcut, self.convolution2 = [layers.convolution() for _ in range(3)]

    def forward(self, x):
        residual = self.convolution1(enlarge(functional.relu(self.norm1(x))))
        residual = self.convolution2(functional.relu(self.norm2(residual)))
        return residual + enlarge(self.shortcut(x))


class Generator(nn.Module):
    def __init__(self, start):
        super().__init__()
        layers = Convolutions(start, "generator/conv2d", spectral=False)
        self.dense = start.dense_to_maps("generator/dense_1/kernel", 4, 256)
        self.bias = start.vector_to_maps("generator/dense_1/bias", 4, 256)
        self.blocks = nn.Sequential(*[BlockUp(layers) for _ in range(3)])
        self.norm, self.last = layers.norm(), layers.convolution()

    def forward(self, latent):
        x = functional.linear(latent, self.dense, self.bias).reshape(-1, 256, 4, 4)
        return torch.tanh(self.last(functional.relu(self.norm(self.blocks(x)))))


class FirstBlock(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.convolution1, self.convolution2, self.shortcut = [layers.convolution() for _ in range(3)]

    def forward(self, x):
        return shrink(self.convolution2(functional.relu(self.convolution1(x)))) + self.shortcut(shrink(x))


class Block(nn.Module):
    def __init__(self, layers, down):
        super().__init__()
        self.convolution1, self.convolution2 = layers.convolution(), layers.convolution()
        self.shortcut = layers.convolution() if down else None

    def forward(self, x):
        residual = self.convolution2(functional.relu(self.convolution1(functional.relu(x))))
        return residual + x if self.shortcut is None else shrink(residual) + self.shortcut(shrink(x))


class Discriminator(nn.Module):
    def __init__(self, start):
        super().__init__()
        layers = Convolutions(start, "discriminator/spectral_conv2d", spectral=True)
        self.blocks = nn.Sequential(FirstBlock(layers), *[Block(layers, down) for down in (True, False, False)])
        dense = nn.Linear(128, 1)
        dense.weight = nn.Parameter(start.tensor("state/discriminator/spectral_dense_1/kernel").t().contiguous())
        dense.bias = start.weight("discriminator/spectral_dense_1/bias")
        self.dense = normalized(dense, start, "discriminator/spectral_dense_1")

    def forward(self, images):
        return self.dense(functional.relu(self.blocks(images)).sum((2, 3)))


def create(start, way):
    generator, discriminator = Generator(start), Discriminator(start)
    average = MovingAverage(generator, 0.999)
    optimizers = {network: adam(network, 2e-4, (0.5, 0.999)) for network in (discriminator, generator)}
    real, first_latent = start.images("discriminator", "samples"), start.feed("discriminator", "latent")
    second_latent = start.feed("generator", "latent")

    def train_discriminator():
        with torch.no_grad():
            generated = generator(first_latent)
        loss = functional.relu(1 - discriminator(real)).mean() + functional.relu(1 + discriminator(generated)).mean()
        take_gradients(loss, discriminator)
        optimizers[discriminator].step()
        return loss.item()

    def train_generator():
        loss = -discriminator(generator(second_latent)).mean()
        take_gradients(loss, generator)
        optimizers[generator].step()
        average.update()
        return loss.item()

    return lambda: [train_discriminator(), train_generator()]
