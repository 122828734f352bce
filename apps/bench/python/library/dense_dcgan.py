"""The networks of src/architectures/dcgan.ts with `denseUnits`: a layer behind z and one before the logits that see everything."""

from torch import nn
from torch.nn import functional

from library import dcgan


def has_dense(start):
    return "state/generator/dense_2/kernel" in start.header


class Generator(nn.Module):
    """z through a fully connected layer, batch norm and ReLU, and on to maps as in any DCGAN."""

    def __init__(self, start, side, doublings):
        super().__init__()
        self.first = nn.Parameter(start.tensor("state/generator/dense_1/kernel").T.contiguous())
        self.norm = start.batch_norm("generator/batch_normalization_1", nn.BatchNorm1d)
        self.maps = dcgan.Generator(Renamed(start), side, doublings)

    def forward(self, latent):
        return self.maps(functional.relu(self.norm(functional.linear(latent, self.first))))


class Discriminator(nn.Module):
    """Maps as in any DCGAN whose head is a fully connected layer, leaky ReLU and the logit."""

    def __init__(self, start, side, halvings, normalized):
        super().__init__()
        self.maps = dcgan.Discriminator(start, side, halvings, normalized)
        self.last = nn.Parameter(start.tensor("state/discriminator/dense_2/kernel").T.contiguous())
        self.last_bias = start.weight("discriminator/dense_2/bias")

    def forward(self, images):
        return functional.linear(functional.leaky_relu(self.maps(images), 0.2), self.last, self.last_bias)


class Renamed:
    """A start as the generator behind the first layer sees it: its layers are counted from 1 again."""

    def __init__(self, start):
        self.start, self.header = start, {}
        for name, entry in start.header.items():
            before = name.replace("generator/dense_2", "generator/dense_1")
            for index in range(2, 9):
                before = before.replace(f"generator/batch_normalization_{index}/", f"generator/batch_normalization_{index - 1}/")
            self.header[before] = entry

    def dense_to_maps(self, name, side, channels):
        return self.start.dense_to_maps(name.replace("dense_1", "dense_2"), side, channels)

    def batch_norm(self, prefix, module):
        layer, index = prefix.rsplit("_", 1)
        return self.start.batch_norm(f"{layer}_{int(index) + 1}", module)

    def kernel(self, name):
        return self.start.kernel(name)

    def weight(self, name):
        return self.start.weight(name)
