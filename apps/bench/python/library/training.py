"""Optimizers, gradients and the moving average."""

import copy
import inspect

import torch


def adam(network, rate, betas):
    """Adam with all updates in one kernel, where this PyTorch has that for the CPU (from 2.4 on)."""
    options = {"lr": rate, "betas": betas, "eps": 1e-7}
    version = tuple(int(part) for part in torch.__version__.split(".")[:2])
    if version >= (2, 4) and "fused" in inspect.signature(torch.optim.Adam).parameters:
        options["fused"] = True
    return torch.optim.Adam(network.parameters(), **options)


def take_gradients(loss, network, retain_graph=False):
    """Gradients by the weights of this network alone: a plain `backward` would also take those of the other one."""
    parameters = list(network.parameters())
    network.zero_grad(set_to_none=True)
    loss.backward(inputs=parameters, retain_graph=retain_graph)


class MovingAverage:
    """w ← δ·w + (1 - δ)·w', with δ = min(decay, (1 + t)/(10 + t)); running statistics are copied."""

    def __init__(self, network, decay):
        self.source, self.average, self.decay, self.updates = network, copy.deepcopy(network), decay, 0

    def keep(self):
        return min((1 + self.updates) / (10 + self.updates), self.decay)

    @torch.no_grad()
    def update(self):
        keep = self.keep()
        self.updates += 1
        for own, other in zip(self.average.parameters(), self.source.parameters()):
            own.lerp_(other, 1 - keep)
        for own, other in zip(self.average.buffers(), self.source.buffers()):
            own.copy_(other)


def judge(discriminator, real, generated, way):
    """Logits of both, from one batch of them together or from two; the same numbers where no layer mixes samples."""
    if way != "joined":
        return discriminator(real), discriminator(generated)
    return discriminator(torch.cat([real, generated])).split([len(real), len(generated)])
