"""The conditional DCGAN of 64×64 colour images: both phases of the variant `cgan`.

Labels are one-hot beside the noise, and constant channels beside the images (Mirza and Osindero 2014).
"""

import torch
from torch.nn import functional

from library.dcgan import Discriminator, Generator
from library.training import MovingAverage, adam, take_gradients

CLASSES = 10


def create(start, way):
    generator, discriminator = Generator(start, 4, 4), Discriminator(start, 4, 4, normalized=True)
    average = MovingAverage(generator, 0.999)
    optimizers = {network: adam(network, 2e-4, (0.5, 0.999)) for network in (discriminator, generator)}
    real, labels = start.images("discriminator", "samples"), start.feed("discriminator", "labels")
    first_latent, second_latent = start.feed("discriminator", "latent"), start.feed("generator", "latent")
    uniform = start.feed("generator", "generated_labels")

    def one_hot(indices):
        return functional.one_hot(indices.long(), CLASSES).float()

    def generate(latent, classes):
        return generator(torch.cat([latent, classes], 1))

    def judge(images, classes):
        channels = classes[:, :, None, None].expand(-1, -1, *images.shape[2:])
        return discriminator(torch.cat([images, channels], 1))

    def train_discriminator():
        classes = one_hot(labels)
        with torch.no_grad():
            generated = generate(first_latent, classes)
        real_logits, generated_logits = judge(real, classes), judge(generated, classes)
        loss = functional.softplus(-real_logits).mean() + functional.softplus(generated_logits).mean()
        take_gradients(loss, discriminator)
        optimizers[discriminator].step()
        return loss.item()

    def train_generator():
        classes = one_hot((uniform * CLASSES).floor())
        loss = functional.softplus(-judge(generate(second_latent, classes), classes)).mean()
        take_gradients(loss, generator)
        optimizers[generator].step()
        average.update()
        return loss.item()

    return lambda: [train_discriminator(), train_generator()]
