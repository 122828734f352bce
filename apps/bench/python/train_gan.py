"""A GAN of Gantry's learning bench, trained by a plain PyTorch script: same networks, same start, same recipe.

Usage: train_gan.py WORK.json, which says everything: files of the start and of the data, the recipe, how long, how often to look.
Samples are written as src/learning/made-samples.ts reads them: NAME.json beside NAME.bin.
"""

import json
import math
import sys
import time
from pathlib import Path

import numpy
import torch
from torch.nn import functional

from library import dcgan, dense_dcgan
from library.start import Start
from library.training import MovingAverage, adam, take_gradients

TINY = 1e-12

# The discriminator's terms for real and generated logits, and the generator's.
LOSSES = {
    "non-saturating": (lambda x: functional.softplus(-x), functional.softplus, lambda x: functional.softplus(-x)),
    "least-squares": (lambda x: (x - 1).square() / 2, lambda x: x.square() / 2, lambda x: (x - 1).square() / 2),
    "wasserstein": (lambda x: -x, lambda x: x, lambda x: -x),
    "hinge": (lambda x: functional.relu(1 - x), lambda x: functional.relu(1 + x), lambda x: -x),
}


class Data:
    """Batches of a shuffled data set, epoch after epoch."""

    def __init__(self, path, batch_size, seed):
        head = json.loads(Path(f"{path}.json").read_text())
        images = numpy.fromfile(f"{path}.bin", dtype=numpy.uint8).reshape(head["shape"])
        self.images = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
        self.labels = torch.tensor(head["labels"]) if "labels" in head else None
        self.batch_size, self.random = batch_size, torch.Generator().manual_seed(seed)
        self.order = torch.empty(0, dtype=torch.long)

    def next(self):
        if len(self.order) < self.batch_size:
            self.order = torch.randperm(len(self.images), generator=self.random)
        rows, self.order = self.order[: self.batch_size], self.order[self.batch_size :]
        labels = None if self.labels is None else self.labels[rows]
        return self.images[rows].float() / 127.5 - 1, labels


class Game:
    def __init__(self, work):
        self.recipe = recipe = work["recipe"]
        start = Start(work["start"])
        side, doublings = recipe["baseSize"], recipe["doublings"]
        Discriminator = dense_dcgan.Discriminator if dense_dcgan.has_dense(start) else dcgan.Discriminator
        self.generator = dcgan.Generator(start, side, doublings)
        self.discriminator = Discriminator(start, side, doublings, normalized=recipe["normalized"])
        self.average = MovingAverage(self.generator, recipe["emaDecay"])
        rates = {self.discriminator: recipe["discriminatorLearningRate"], self.generator: recipe["learningRate"]}
        betas = (float(recipe["beta1"]), float(recipe["beta2"]))
        self.optimizers = {network: adam(network, rate, betas) for network, rate in rates.items()}
        self.rates = {network: rates[network] for network in rates}
        self.updates = {network: 0 for network in rates}
        self.real_term, self.fake_term, self.generator_term = LOSSES[recipe["loss"]]
        self.data = Data(work["data"], recipe["batchSize"], work["seed"])
        torch.manual_seed(work["seed"])

    def one_hot(self, labels):
        return None if labels is None else functional.one_hot(labels, self.recipe["classes"]).float()

    def generate(self, network, latent, classes):
        return network(latent if classes is None else torch.cat([latent, classes], 1))

    def judge(self, images, classes):
        if classes is None:
            return self.discriminator(images)
        channels = classes[:, :, None, None].expand(-1, -1, *images.shape[2:])
        return self.discriminator(torch.cat([images, channels], 1))

    def noise(self, count):
        return torch.randn(count, self.recipe["latentSize"])

    def move(self, network):
        share = 1.0
        if self.recipe["learningRateSchedule"] == "cosine":
            progress = min(self.updates[network] / self.recipe["learningRateDecaySteps"], 1)
            final = self.recipe["learningRateFinalShare"]
            share = final + (1 - final) * (1 + math.cos(math.pi * progress)) / 2
        for group in self.optimizers[network].param_groups:
            group["lr"] = self.rates[network] * share
        self.optimizers[network].step()
        self.updates[network] += 1

    def slopes(self, images, classes):
        images = images.detach().requires_grad_()
        (slopes,) = torch.autograd.grad(self.judge(images, classes).sum(), images, create_graph=True)
        return slopes.square().sum((1, 2, 3))

    def penalty(self, real, fake, classes):
        r1, weight = self.recipe["r1"], self.recipe["gradientPenalty"]
        total = 0
        if r1 > 0:
            total = total + r1 / 2 * self.slopes(real, classes).mean()
        if weight > 0:
            share = torch.rand(len(real), 1, 1, 1)
            norms = (self.slopes(real * share + fake * (1 - share), classes) + TINY).sqrt()
            total = total + weight * (norms - 1).square().mean()
        return total

    def batch(self):
        real, labels = self.data.next()
        return real, self.one_hot(labels) if self.recipe["classes"] else None

    def discriminator_loss(self, real, fake, classes):
        return self.real_term(self.judge(real, classes)).mean() + self.fake_term(self.judge(fake, classes)).mean()

    def penalised(self):
        return self.recipe["r1"] > 0 or self.recipe["gradientPenalty"] > 0

    def simultaneous(self):
        real, classes = self.batch()
        fake = self.generate(self.generator, self.noise(len(real)), classes)
        generator_loss = self.generator_term(self.judge(fake, classes)).mean()
        take_gradients(generator_loss, self.generator)
        loss = self.discriminator_loss(real, fake.detach(), classes)
        if self.penalised() and self.recipe["penaltyEvery"] == 1:
            loss = loss + self.penalty(real, fake.detach(), classes)
        take_gradients(loss, self.discriminator)
        self.move(self.discriminator)
        self.move(self.generator)
        self.average.update()

    def alternating(self, step):
        real, classes = self.batch()
        with torch.no_grad():
            fake = self.generate(self.generator, self.noise(len(real)), classes)
        loss = self.discriminator_loss(real, fake, classes)
        if self.penalised() and self.recipe["penaltyEvery"] == 1:
            loss = loss + self.penalty(real, fake, classes)
        take_gradients(loss, self.discriminator)
        self.move(self.discriminator)
        if (step + 1) % self.recipe["criticSteps"] == 0:
            drawn = self.one_hot(torch.randint(self.recipe["classes"], (len(real),))) if self.recipe["classes"] else None
            loss = self.generator_term(self.judge(self.generate(self.generator, self.noise(len(real)), drawn), drawn)).mean()
            take_gradients(loss, self.generator)
            self.move(self.generator)
            self.average.update()

    def step(self, step):
        if self.recipe["update"] == "simultaneous":
            self.simultaneous()
        else:
            self.alternating(step)
        every = self.recipe["penaltyEvery"]
        if self.penalised() and every > 1 and (step + 1) % every == 0:
            real, classes = self.batch()
            with torch.no_grad():
                fake = self.generate(self.generator, self.noise(len(real)), classes)
            take_gradients(every * self.penalty(real, fake, classes), self.discriminator)
            self.move(self.discriminator)

    @torch.no_grad()
    def samples(self, count):
        # Batches as in training; the moving average judges by its running statistics.
        self.average.average.eval()
        labels = torch.arange(count) % self.recipe["classes"] if self.recipe["classes"] else None
        parts = []
        for begin in range(0, count, 64):
            size = min(64, count - begin)
            classes = None if labels is None else self.one_hot(labels[begin : begin + size])
            made = self.generate(self.average.average, self.noise(size), classes)
            parts.append((127.5 * (made + 1)).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1))
        return torch.cat(parts).contiguous(), labels


def write(folder, name, step, seconds, samples, labels):
    folder.mkdir(parents=True, exist_ok=True)
    samples.numpy().tofile(folder / f"{name}.bin")
    head = {"step": step, "seconds": seconds, "dtype": "uint8", "shape": list(samples.shape)}
    if labels is not None:
        head["labels"] = labels.tolist()
    (folder / f"{name}.json").write_text(json.dumps(head))


def main():
    work = json.loads(Path(sys.argv[1]).read_text())
    torch.set_num_threads(work["threads"])
    game, folder = Game(work), Path(work["out"])
    moments = [work["seconds"] * (index + 1) / work["moments"] for index in range(work["moments"])]
    begin, step = time.perf_counter(), 0
    while (seconds := time.perf_counter() - begin) < work["seconds"]:
        game.step(step)
        step += 1
        if work["count"] > 0 and moments and seconds >= moments[0]:
            moments.pop(0)
            write(folder, f"{step:06}", step, seconds, *game.samples(work["count"]))
    seconds = time.perf_counter() - begin
    write(folder, "final", step, seconds, *game.samples(work["finalCount"]))
    print(json.dumps({"version": torch.__version__, "steps": step, "seconds": seconds}))


main()
