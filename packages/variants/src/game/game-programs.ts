import type { TensorProgram } from '@gantry/core'
import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import type { Objectives } from './objectives.ts'
import type { PlayerUpdate } from './player-update.ts'
import type { Player } from './players.ts'
import type { SampleSource, Samples } from './samples.ts'
import { withGradients } from './value-and-gradients.ts'

type Program = TensorProgram<Tensor>

/** What the programs of a game are made of. */
export interface GameTable {
  readonly generator: Player
  readonly discriminator: Player
  readonly updates: { readonly discriminator: PlayerUpdate; readonly generator: PlayerUpdate }
  readonly objectives: Objectives
  readonly source: SampleSource
}

/** The discriminator learns to tell real samples from generated ones. */
export function discriminatorProgram({ discriminator, updates, objectives, source }: GameTable): Program {
  return (feeds) => {
    const real = source.real(feeds)
    const fake = source.fake(feeds, real.labels)
    const own = withGradients(discriminator.network.trainable, () => objectives.discriminator(real, fake))
    updates.discriminator.learn(own.gradients)
    return { discriminatorLoss: own.loss, ...own.reports }
  }
}

/** The generator learns from what the discriminator says of its samples. */
export function generatorProgram({ generator, updates, objectives, source }: GameTable): Program {
  return (feeds) => {
    const real = objectives.generatorSeesReal ? source.real(feeds) : undefined
    const labels = real?.labels ?? source.drawLabels()
    const own = withGradients(generator.network.trainable, () => objectives.generator(source.fake(feeds, labels), real))
    updates.generator.learn(own.gradients)
    return { generatorLoss: own.loss, ...own.reports }
  }
}

/** Gradient penalties of the discriminator, in a step of their own. */
export function penaltyProgram({ discriminator, updates, objectives, source }: GameTable): Program {
  return (feeds) => {
    const real = source.real(feeds)
    const fake = source.fake(feeds, real.labels)
    const own = withGradients(discriminator.network.trainable, () => objectives.penalty(real, fake))
    updates.discriminator.learn(own.gradients)
    return own.reports
  }
}

/** Both learn at the same weights, from one forward pass of the generator. */
export function simultaneousProgram({ generator, discriminator, updates, objectives, source }: GameTable): Program {
  return (feeds) => {
    const real = source.real(feeds)
    let fake: Samples | undefined
    const ownGenerator = withGradients(generator.network.trainable, () => {
      fake = source.fake(feeds, real.labels)
      const { loss, reports } = objectives.generator(fake, real)
      return { loss, reports: { ...reports, fake: fake.samples as Scalar } }
    })
    const { fake: samples, ...generatorReports } = ownGenerator.reports
    const ownDiscriminator = withGradients(discriminator.network.trainable, () =>
      objectives.discriminator(real, { ...fake!, latent: source.latent(feeds), samples: samples! }),
    )
    updates.discriminator.learn(ownDiscriminator.gradients)
    updates.generator.learn(ownGenerator.gradients)
    return {
      discriminatorLoss: ownDiscriminator.loss,
      generatorLoss: ownGenerator.loss,
      ...ownDiscriminator.reports,
      ...generatorReports,
    }
  }
}
