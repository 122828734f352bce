"""The critic step of WGAN-GP: the phase `discriminator` of the variant `wgan-gp`."""

import torch

from library.dcgan import Discriminator, Generator
from library.training import adam, judge, take_gradients

PENALTY = 10
TINY = 1e-12


def create(start, way):
    generator, critic = Generator(start, 7, 2), Discriminator(start, 7, 2, normalized=False)
    optimizer = adam(critic, 1e-4, (0.0, 0.9))
    real, latent = start.images("discriminator", "samples"), start.feed("discriminator", "latent")
    share = start.images("discriminator", "penalty/interpolation")

    def gradient_penalty(generated):
        between = (real * share + generated * (1 - share)).requires_grad_()
        (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
        return PENALTY * ((slopes.square().sum((1, 2, 3)) + TINY).sqrt() - 1).square().mean()

    def step():
        with torch.no_grad():
            generated = generator(latent)
        real_logits, generated_logits = judge(critic, real, generated, way)
        penalty = gradient_penalty(generated)
        loss = generated_logits.mean() - real_logits.mean() + penalty
        # The last bias has no part in the penalty, and none of the others is unused.
        take_gradients(loss, critic)
        optimizer.step()
        return [loss.item(), penalty.item()]

    return step
