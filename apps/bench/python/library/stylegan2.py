"""The networks and the step of the variant `stylegan2` of @gantry/variants (Karras et al. 2020), without labels: generator `skip`,
discriminator `residual`, R1 and path lengths in steps of their own."""

import math

import torch
from torch import nn
from torch.nn import functional

from library.training import MovingAverage, adam, take_gradients

WIDTH, BASE, LAYERS = 128, 1024, 4
RATE, BETAS = 2.5e-3, (0.0, 0.99)
R1_OF_32_PIXELS, R1_EVERY = 0.05, 16
PATH_WEIGHT, PATH_EVERY, PATH_DECAY = 2, 4, 0.01
MIXING, MAPPING_RATE, STYLE_DECAY = 0.9, 0.01, 0.995
HALF_LIFE, RAMP_UP = 10_000, 0.05
GROUP = 4
TINY = 1e-12


def resample(x, up=1, down=1, padding=(0, 0), gain=1):
    """Zeros between pixels, a border, the authors' filter, and every few pixels of what comes out: one filter for every channel."""
    batch, channels, height, width = x.shape
    if up > 1:
        x = functional.pad(x.reshape(batch, channels, height, 1, width, 1), [0, up - 1, 0, 0, 0, up - 1])
        x = x.reshape(batch, channels, height * up, width * up)
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8 * gain
    x = functional.pad(x, [*padding, *padding])
    kernel = torch.outer(taps, taps).expand(channels, 1, 4, 4)
    return functional.conv2d(x, kernel, stride=down, groups=channels)


def enlarge(x):
    return resample(x, up=2, padding=(2, 1), gain=2)


def shrink(x):
    return resample(x, down=2, padding=(1, 1))


def activate(x, bias, gain=math.sqrt(2), rate=1):
    """What comes in has the gain already."""
    return functional.leaky_relu(x + (bias * (gain * rate)).reshape(-1, *[1] * (x.dim() - 2)), 0.2)


class Named:
    """Weights by the last part of their names."""

    def __init__(self, start, prefix):
        self.start, self.prefix = start, prefix

    def own(self, name):
        return self.start.weight(f"{self.prefix}/{name}")

    def kernel(self, name="kernel"):
        return self.start.kernel(f"{self.prefix}/{name}")


def equalized(kernel, inputs, gain=1):
    """Scaled in use, by the numbers that an output is a sum of."""
    return kernel * (gain / math.sqrt(inputs))


class Mapping(nn.Module):
    def __init__(self, start):
        super().__init__()
        named = Named(start, "generator/mapping")
        self.matrices = nn.ParameterList(named.own(f"dense{index}/kernel") for index in range(LAYERS))
        self.biases = nn.ParameterList(named.own(f"dense{index}/activation/bias") for index in range(LAYERS))

    def forward(self, latent):
        x = latent * (latent.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        for matrix, bias in zip(self.matrices, self.biases):
            x = activate(x @ equalized(matrix, len(matrix), math.sqrt(2) * MAPPING_RATE), bias, rate=MAPPING_RATE)
        return x


class Modulated(nn.Module):
    """Equations 1 and 3 of the paper. `grouped`: a kernel for every sample, as one convolution of as many groups; else the kernel is
    the same, and maps are scaled before and after."""

    def __init__(self, named, grouped, up=False, demodulate=True):
        super().__init__()
        self.grouped, self.up, self.demodulate = grouped, up, demodulate
        self.weight, self.style, self.style_bias = named.kernel(), named.own("style/kernel"), named.own("style/bias")

    def convolve(self, x, kernel, groups=1):
        """@param kernel (groups·outputs, inputs, side, side)"""
        if not self.up:
            return functional.conv2d(x, kernel, padding=kernel.shape[-1] // 2, groups=groups)
        outputs, inputs = kernel.shape[0] // groups, kernel.shape[1]
        turned = kernel.reshape(groups, outputs, inputs, 3, 3).transpose(1, 2).reshape(groups * inputs, outputs, 3, 3)
        spread = functional.conv_transpose2d(x, turned, stride=2, groups=groups)
        return resample(spread, padding=(1, 1), gain=2)

    def forward(self, x, w, gain=1):
        style = w @ equalized(self.style, len(self.style)) + self.style_bias
        kernel = equalized(self.weight, self.weight[0].numel())
        if not self.grouped:
            x = self.convolve(x * style[:, :, None, None], kernel)
            if not self.demodulate:
                return x
            factors = (style.square() @ kernel.square().sum((2, 3)).t() + 1e-8).rsqrt()
            return x * (factors * gain)[:, :, None, None]
        batch = len(x)
        own = kernel[None] * style[:, None, :, None, None]
        if self.demodulate:
            own = own * (gain * (own.square().sum((2, 3, 4)) + 1e-8).rsqrt())[:, :, None, None, None]
        x = self.convolve(x.reshape(1, -1, *x.shape[2:]), own.flatten(0, 1), batch)
        return x.reshape(batch, -1, *x.shape[2:])


class Styled(Modulated):
    """With noise, bias and activation."""

    def __init__(self, named, grouped, up=False):
        super().__init__(named, grouped, up)
        self.strength, self.bias = named.own("noise/strength"), named.own("activation/bias")

    def forward(self, x, w, noise):
        gain = math.sqrt(2)
        return activate(super().forward(x, w, gain) + noise * (self.strength * gain), self.bias)


class Colours(Modulated):
    def __init__(self, named, grouped):
        super().__init__(named, grouped, demodulate=False)
        self.bias = named.own("bias")

    def forward(self, x, w):
        return super().forward(x, w) + self.bias[:, None, None]


class Generator(nn.Module):
    def __init__(self, start, sides, grouped):
        super().__init__()
        self.mapping = Mapping(start)
        self.constant = nn.Parameter(start.tensor("state/generator/synthesis/b4/constant").permute(2, 0, 1).contiguous())

        def named(side, layer):
            return Named(start, f"generator/synthesis/b{side}/{layer}")

        self.ups = nn.ModuleList(Styled(named(side, "conv0"), grouped, up=True) for side in sides[1:])
        self.convolutions = nn.ModuleList(Styled(named(side, "conv1"), grouped) for side in sides)
        self.colours = nn.ModuleList(Colours(named(side, "colours"), grouped) for side in sides)
        self.register_buffer("average", torch.zeros(WIDTH))

    def styles(self, draws):
        """[batch, layers, size]: some samples have those of another z from some layer on."""
        w = self.mapping(draws["latent"])
        self.average.lerp_(w.detach().mean(0), 1 - STYLE_DECAY)
        other = self.mapping(draws["generator/mixed_latent"])
        layers = 2 * len(self.convolutions)
        cut = (draws["generator/mixing_layer"] * (layers - 1)).floor() + 1
        is_first = (draws["generator/mixing"] >= MIXING) | (torch.arange(layers)[None, :, None] < cut)
        return torch.where(is_first, w[:, None], other[:, None])

    def synthesize(self, styles, draws):
        noises = iter(draws["noises"])
        w = iter(styles.unbind(1))
        x = self.constant.expand(len(styles), -1, -1, -1)
        x = self.convolutions[0](x, next(w), next(noises))
        own = next(w)
        image = self.colours[0](x, own)
        for up, convolution, colours in zip(self.ups, self.convolutions[1:], self.colours[1:]):
            x = up(x, own, next(noises))
            x = convolution(x, next(w), next(noises))
            own = next(w)
            image = enlarge(image) + colours(x, own)
        return image

    def forward(self, draws):
        return self.synthesize(self.styles(draws), draws)


class Discriminator(nn.Module):
    def __init__(self, start, sides):
        super().__init__()
        named = Named(start, "discriminator")
        large = list(reversed(sides[1:]))
        names = [f"b{large[0]}/colours", *[f"b{side}/{layer}" for side in large for layer in ("conv0", "conv1", "skip")], "b4/conv"]
        self.kernels = nn.ParameterList(named.kernel(f"{name}/kernel") for name in names)
        self.biases = nn.ParameterList(named.own(f"{name}/activation/bias") for name in names if not name.endswith("skip"))
        self.dense = start.dense_of_maps("discriminator/b4/dense/kernel", 4, self.kernels[-1].shape[0])
        self.dense_bias = named.own("b4/dense/activation/bias")
        self.logits, self.logits_bias = named.own("b4/logits/kernel"), named.own("b4/logits/bias")

    def forward(self, images):
        kernels, biases = iter(self.kernels), iter(self.biases)

        def convolve(x, gain=math.sqrt(2), **options):
            kernel = next(kernels)
            return functional.conv2d(x, equalized(kernel, kernel[0].numel(), gain), **options)

        x = activate(convolve(images), next(biases))
        for _ in range((len(self.kernels) - 2) // 3):
            hidden = activate(convolve(x, padding=1), next(biases))
            main = convolve(resample(hidden, padding=(2, 2)), gain=1, stride=2)
            main = activate(main, next(biases), gain=1)
            x = convolve(shrink(x), gain=math.sqrt(0.5)) + main
        groups = x.reshape(GROUP, -1, *x.shape[1:])
        spread = (groups.var(0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))
        x = torch.cat([x, spread.repeat(GROUP)[:, None, None, None].expand(-1, 1, 4, 4)], 1)
        x = activate(convolve(x, padding=1), next(biases)).flatten(1)
        x = activate(functional.linear(x, equalized(self.dense, x.shape[1], math.sqrt(2))), self.dense_bias)
        return x @ equalized(self.logits, len(self.logits)) + self.logits_bias


class AverageByImages(MovingAverage):
    """Half of it is new after so many images, which are few at first."""

    def __init__(self, network, batch):
        super().__init__(network, 0)
        self.batch = batch

    def keep(self):
        return 0.5 ** (self.batch / min((self.updates + 1) * self.batch * RAMP_UP, HALF_LIFE))


def draws_of(start, phase):
    """What a phase draws at random, given."""
    names = ("latent", "generator/mixed_latent", "generator/mixing_layer", "generator/mixing")
    draws = {name: start.feed(phase, name) for name in names}
    count = sum(name.startswith(f"feed/{phase}/generator/noise_") for name in start.header)
    return {**draws, "noises": [start.images(phase, f"generator/noise_{index + 1}") for index in range(count)]}


def lazy_adam(network, every):
    """Of a network that is moved once more every few steps: appendix B."""
    share = every / (every + 1)
    return adam(network, RATE * share, tuple(beta**share for beta in BETAS))


def create(start, way):
    real, penalised = start.images("discriminator", "samples"), start.images("penalty", "samples")
    sides = [4 * 2**index for index in range(int(math.log2(real.shape[2])) - 1)]
    generator, discriminator = Generator(start, sides, grouped=way == "grouped"), Discriminator(start, sides)
    average = AverageByImages(generator, len(real))
    optimizers = {discriminator: lazy_adam(discriminator, R1_EVERY), generator: lazy_adam(generator, PATH_EVERY)}
    draws = {phase: draws_of(start, phase) for phase in ("discriminator", "generator", "path-length")}
    r1 = R1_OF_32_PIXELS * sides[-1] / 32
    directions = start.images("path-length", "path_length") / math.sqrt(real[0, 0].numel())
    length_average = torch.zeros(())

    def move(network, loss):
        take_gradients(loss, network)
        optimizers[network].step()

    def train_discriminator():
        with torch.no_grad():
            made = generator(draws["discriminator"])
        loss = functional.softplus(-discriminator(real)).mean() + functional.softplus(discriminator(made)).mean()
        move(discriminator, loss)
        return loss.item()

    def train_generator():
        loss = functional.softplus(-discriminator(generator(draws["generator"]))).mean()
        move(generator, loss)
        average.update()
        return loss.item()

    def regularize_paths():
        own = draws["path-length"]
        styles = generator.styles(own)
        images = generator.synthesize(styles, own)
        (slopes,) = torch.autograd.grad((images * directions).sum(), styles, create_graph=True)
        lengths = (slopes.square().sum(2).mean(1) + TINY).sqrt()
        center = length_average + (lengths.mean() - length_average) * PATH_DECAY
        length_average.copy_(center.detach())
        penalty = PATH_WEIGHT * (lengths - center).square().mean()
        move(generator, penalty * PATH_EVERY)
        return penalty.item()

    def regularize_slopes():
        images = penalised.requires_grad_()
        (slopes,) = torch.autograd.grad(discriminator(images).sum(), images, create_graph=True)
        penalty = r1 / 2 * slopes.square().sum((1, 2, 3)).mean()
        move(discriminator, penalty * R1_EVERY)
        return penalty.item()

    lazy = {regularize_paths: PATH_EVERY, regularize_slopes: R1_EVERY}
    penalties = [0.0] * len(lazy)
    steps = 0

    def step():
        nonlocal steps
        losses = [train_discriminator(), train_generator()]
        for index, (regularize, every) in enumerate(lazy.items()):
            if steps % every == 0:
                penalties[index] = regularize()
        steps += 1
        return [*losses, *penalties]

    return step
