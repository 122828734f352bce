import { add, addN, concat, mean, mul, type Scalar, sigmoid, split, type Tensor } from '@tensorflow/tfjs-core'
import type { DiscriminatorNetwork, GeneratorNetwork, Judgement } from '../architectures/architecture.ts'
import { featureDistance } from '../penalties/feature-distance.ts'
import { draganPenalty, interpolatedPenalty, zeroCenteredPenalty } from '../penalties/gradient-penalties.ts'
import { orthogonalPenalty } from '../penalties/weight-penalties.ts'
import { buildLoss } from './build-loss.ts'
import type { GameExtension } from './extension.ts'
import type { GameOptions } from './game-options.ts'
import type { Player } from './players.ts'
import type { Sight } from './sight.ts'
import type { Objective } from './value-and-gradients.ts'

/** A batch of samples with what belongs to it. */
export interface Samples {
  readonly samples: Tensor
  readonly classes: Tensor | undefined
  readonly latent: Tensor | undefined
}

/** What each player minimises. */
export interface Objectives {
  /** Whether {@link generator} looks at real samples, too. */
  readonly generatorSeesReal: boolean
  /** Whether gradient penalties are taken in steps of their own. */
  readonly penaltyApart: boolean
  discriminator(real: Samples, fake: Samples): Objective
  generator(fake: Samples, real: Samples | undefined): Objective
  /** The gradient penalties alone, with the weight of all the steps that they stand for. */
  penalty(real: Samples, fake: Samples): Objective
}

export interface Situation {
  readonly generator: Player<GeneratorNetwork>
  readonly discriminator: Player<DiscriminatorNetwork>
  readonly options: GameOptions
  readonly sight: Sight
  readonly discriminatorSeesLabels: boolean
  readonly extension?: GameExtension
}

/** The losses of both players with every term that the options ask for. */
export function objectivesOf(situation: Situation): Objectives {
  const { generator, discriminator, options, sight, discriminatorSeesLabels, extension } = situation
  const loss = buildLoss(options)
  const judge = (seen: Tensor, labels: Tensor | undefined): Judgement =>
    discriminator.network.judge(seen, discriminatorSeesLabels ? labels : undefined, { training: true })
  const judged = ({ samples, ...rest }: Samples, kind: 'real' | 'fake') => {
    const seen = sight.see(samples, kind)
    return { ...rest, seen, judgement: judge(seen, rest.classes) }
  }
  // Where both players move at once, the generator's judgement of its samples serves the discriminator, too.
  const together = options.judgeTogether && options.update === 'alternating' && discriminator.network.perSample === true
  /** Both kinds, in one batch where no sample can tell. */
  const judgedBoth = (real: Samples, fake: Samples) => {
    if (!together) return [judged(real, 'real'), judged(fake, 'fake')] as const
    const seen = [sight.see(real.samples, 'real'), sight.see(fake.samples, 'fake')] as const
    const classes = real.classes && fake.classes && concat([real.classes, fake.classes])
    const parts = halves(judge(concat([...seen]), classes))
    return [
      { ...real, seen: seen[0], judgement: parts[0] },
      { ...fake, seen: seen[1], judgement: parts[1] },
    ] as const
  }

  /** Gradient penalties at samples as the discriminator sees them. */
  const penalties = (real: Tensor, fake: Tensor, labels: Tensor | undefined): Record<string, Scalar> => {
    const critic = (samples: Tensor) => judge(samples, labels).logits
    const reports: Record<string, Scalar> = {}
    if (options.gradientPenalty > 0) {
      const own =
        options.gradientPenaltyAt === 'interpolated'
          ? interpolatedPenalty(critic, real, fake)
          : draganPenalty(critic, real)
      reports.gradientPenalty = mul(own, options.gradientPenalty)
    }
    if (options.r1 > 0) reports.r1 = mul(zeroCenteredPenalty(critic, real), options.r1)
    if (options.r2 > 0) reports.r2 = mul(zeroCenteredPenalty(critic, fake), options.r2)
    return reports
  }
  const penalised = options.gradientPenalty > 0 || options.r1 > 0 || options.r2 > 0
  const lazily = penalised && options.penaltyEvery > 1

  const onDiscriminator = (realSamples: Samples, fakeSamples: Samples): Objective => {
    const [real, fake] = judgedBoth(realSamples, fakeSamples)
    const terms: Record<string, Scalar> = {
      ...extension?.discriminator(real, fake),
      ...(penalised && !lazily && penalties(real.seen, fake.seen, real.classes)),
      ...(discriminator.history && {
        discriminatorHistory: mul(discriminator.history.distance(), options.historicalAveraging),
      }),
    }
    const own = loss.discriminator(real.judgement.logits, fake.judgement.logits)
    sight.share.update(real.judgement.logits)
    return {
      loss: total(own, terms),
      reports: { ...terms, ...opinion(options, real.judgement, 'real'), ...opinion(options, fake.judgement, 'fake') },
    }
  }

  const generatorSeesReal = loss.generatorSeesReal || options.featureMatching > 0
  const onGenerator = (fakeSamples: Samples, realSamples: Samples | undefined): Objective => {
    const [real, fake] = generatorSeesReal
      ? judgedBoth(realSamples!, fakeSamples)
      : [undefined, judged(fakeSamples, 'fake')]
    const terms: Record<string, Scalar> = {
      ...extension?.generator(fake),
      ...(options.featureMatching > 0 && {
        featureMatching: mul(
          featureDistance(real!.judgement.features, fake.judgement.features),
          options.featureMatching,
        ),
      }),
      ...(generator.history && { generatorHistory: mul(generator.history.distance(), options.historicalAveraging) }),
      ...(options.orthogonalRegularization > 0 && {
        orthogonality: mul(orthogonalPenalty(generator.network.trainable), options.orthogonalRegularization),
      }),
    }
    return { loss: total(loss.generator(fake.judgement.logits, real?.judgement.logits), terms), reports: terms }
  }

  return {
    generatorSeesReal,
    penaltyApart: lazily,
    discriminator: onDiscriminator,
    generator: onGenerator,
    penalty: (real, fake) => {
      const reports = penalties(sight.see(real.samples, 'real'), sight.see(fake.samples, 'fake'), real.classes)
      return { loss: mul(addN(Object.values(reports)), options.penaltyEvery), reports }
    },
  }
}

/** The judgements of the first and of the second half of a batch. */
function halves({ logits, features, heads }: Judgement): readonly [Judgement, Judgement] {
  const parts = (values: Tensor) => split(values, 2) as [Tensor, Tensor]
  const [ownLogits, ownFeatures] = [parts(logits), parts(features)]
  const ownHeads = Object.entries(heads).map(([name, head]) => [name, parts(head)] as const)
  const half = (index: 0 | 1): Judgement => ({
    logits: ownLogits[index],
    features: ownFeatures[index],
    heads: Object.fromEntries(ownHeads.map(([name, head]) => [name, head[index]])),
  })
  return [half(0), half(1)]
}

function total(loss: Scalar, terms: Readonly<Record<string, Scalar>>): Scalar {
  return Object.values(terms).reduce((sum, term) => add(sum, term) as Scalar, loss)
}

/** What the discriminator thinks on average: a probability where the loss makes it one. */
function opinion({ loss }: GameOptions, { logits }: Judgement, kind: 'real' | 'fake'): Record<string, Scalar> {
  const isProbability = loss === 'non-saturating' || loss === 'minimax'
  return isProbability ? { [`${kind}Probability`]: mean(sigmoid(logits)) } : { [`${kind}Score`]: mean(logits) }
}
