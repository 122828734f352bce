"""CycleGAN at 128×128 (Zhu et al. 2017): the step of the variant `cyclegan`, all four networks."""

import torch
from torch import nn
from torch.nn import functional

from library.training import adam, judge, take_gradients
from library.translation import PatchDiscriminator, ResidualGenerator

CYCLE_WEIGHT = 5
IDENTITY_WEIGHT = 0.5
POOL_SIZE = 50


class Pool:
    """Earlier images: they pass while it fills; then every other one changes places with one that is kept."""

    def __init__(self, chances):
        self.images, self.chances = [], chances.tolist()

    def exchange(self, images):
        return torch.cat([self.exchange_one(*each) for each in zip(images.split(1), self.chances)])

    def exchange_one(self, image, chances):
        coin, place = chances
        if len(self.images) < POOL_SIZE:
            self.images.append(image.clone())
            return image
        if coin >= 0.5:
            return image
        index = min(int(place * POOL_SIZE), POOL_SIZE - 1)
        earlier, self.images[index] = self.images[index], image.clone()
        return earlier


def create(start, way):
    suffixes = ("", "Back")
    there, back = (ResidualGenerator(start, f"generator{suffix}") for suffix in suffixes)
    discriminators = [PatchDiscriminator(start, f"discriminator{suffix}") for suffix in suffixes]
    pools = [Pool(start.feed("step", f"pool{suffix}")) for suffix in suffixes]
    generators = nn.ModuleList([there, back])
    optimizers = [adam(network, 2e-4, (0.5, 0.999)) for network in (generators, *discriminators)]
    source, target = start.images("step", "source"), start.images("step", "target")

    def fooling(discriminator, images):
        return (discriminator(images) - 1).square().mean() / 2

    def train_generators():
        made, made_back = there(source), back(target)
        game = fooling(discriminators[0], made) + fooling(discriminators[1], made_back)
        cycle = functional.l1_loss(back(made), source) + functional.l1_loss(there(made_back), target)
        identity = functional.l1_loss(there(target), target) + functional.l1_loss(back(source), source)
        loss = game + CYCLE_WEIGHT * (cycle + IDENTITY_WEIGHT * identity)
        take_gradients(loss, generators)
        optimizers[0].step()
        return loss.item(), made.detach(), made_back.detach()

    def train_discriminator(index, real, made):
        real_logits, made_logits = judge(discriminators[index], real, pools[index].exchange(made), way)
        loss = ((real_logits - 1).square().mean() + made_logits.square().mean()) / 2
        take_gradients(loss, discriminators[index])
        optimizers[index + 1].step()
        return loss.item()

    def step():
        loss, made, made_back = train_generators()
        return [loss, train_discriminator(0, target, made), train_discriminator(1, source, made_back)]

    return step
