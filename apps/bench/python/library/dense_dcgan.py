"""The discriminator of src/architectures/dcgan.ts with `denseUnits`: a layer before the logits that sees the whole image."""

from torch import nn
from torch.nn import functional

from library import dcgan


def has_dense(start):
    return "state/discriminator/dense_2/kernel" in start.header


class Discriminator(nn.Module):
    """Maps as in any DCGAN whose head is a fully connected layer, leaky ReLU and the logit."""

    def __init__(self, start, side, halvings, normalized):
        super().__init__()
        self.maps = dcgan.Discriminator(start, side, halvings, normalized)
        self.last = nn.Parameter(start.tensor("state/discriminator/dense_2/kernel").T.contiguous())
        self.last_bias = start.weight("discriminator/dense_2/bias")

    def forward(self, images):
        return functional.linear(functional.leaky_relu(self.maps(images), 0.2), self.last, self.last_bias)
