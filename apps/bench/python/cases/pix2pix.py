"""Pix2Pix at 256×256 (Isola et al. 2017): both phases of the variant `pix2pix`."""

import torch
from torch.nn import functional

from library.training import adam, judge, take_gradients
from library.translation import PatchDiscriminator, Unet

PIXEL_WEIGHT = 100


def create(start, way):
    generator, discriminator = Unet(start), PatchDiscriminator(start, "discriminator")
    optimizers = {network: adam(network, 2e-4, (0.5, 0.999)) for network in (discriminator, generator)}

    def feeds(phase):
        noise = [start.images(phase, f"generator/dropout_{layer}") for layer in (1, 2, 3)]
        return start.images(phase, "source"), start.images(phase, "target"), noise

    def train_discriminator(source, target, noise):
        with torch.no_grad():
            made = generator(source, noise)
        pairs = torch.cat([source, target], 1), torch.cat([source, made], 1)
        real_logits, made_logits = judge(discriminator, *pairs, way)
        loss = functional.softplus(-real_logits).mean() + functional.softplus(made_logits).mean()
        take_gradients(loss, discriminator)
        optimizers[discriminator].step()
        return [loss.item()]

    def train_generator(source, target, noise):
        made = generator(source, noise)
        pixels = PIXEL_WEIGHT * functional.l1_loss(made, target)
        loss = functional.softplus(-discriminator(torch.cat([source, made], 1))).mean() + pixels
        take_gradients(loss, generator)
        optimizers[generator].step()
        return [loss.item(), pixels.item()]

    first, second = feeds("discriminator"), feeds("generator")
    return lambda: train_discriminator(*first) + train_generator(*second)
