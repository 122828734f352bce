import { add, addN, mean, mul, type Scalar, sigmoid, type Tensor } from '@tensorflow/tfjs-core'
import type { Judgement } from '../judge.ts'
import type { AdversarialLoss } from '../losses/adversarial-loss.ts'
import { losses } from '../losses/losses.ts'
import { driftPenalty } from '../penalties/drift-penalty.ts'
import { featureDistance } from '../penalties/feature-distance.ts'
import { orthogonalPenalty } from '../penalties/weight-penalties.ts'
import { buildLoss } from './build-loss.ts'
import type { DiscriminatorView } from './discriminator-view.ts'
import type { GameExtension } from './extension.ts'
import type { GameRules } from './game-options.ts'
import { gradientPenaltyTerms, isPenalised } from './gradient-penalty-terms.ts'
import { type JudgedSamples, type Judging, judgingOf } from './judging.ts'
import type { Player } from './players.ts'
import type { Samples } from './samples.ts'
import type { Objective } from './value-and-gradients.ts'

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

export interface ObjectiveParts {
  readonly generator: Player
  readonly discriminator: Player
  readonly options: GameRules
  readonly view: DiscriminatorView
  readonly discriminatorSeesLabels: boolean
  readonly extension?: GameExtension | undefined
  /** Of the generator's adversarial loss beside its other terms; 1 by default. */
  readonly adversarialWeight?: number | undefined
}

interface Terms extends ObjectiveParts {
  readonly loss: AdversarialLoss
  readonly judging: Judging
  readonly penaltyApart: boolean
  readonly generatorSeesReal: boolean
}

/** The losses of both players with every term that the options ask for. */
export function objectivesOf(parts: ObjectiveParts): Objectives {
  const { discriminator, options, view, discriminatorSeesLabels } = parts
  const loss = buildLoss(options)
  const judging = judgingOf(discriminator.network, view, options, discriminatorSeesLabels)
  const penaltyApart = isPenalised(options) && options.penaltyEvery > 1
  const generatorSeesReal = loss.generatorSeesReal || options.featureMatching > 0
  const terms: Terms = { ...parts, loss, judging, penaltyApart, generatorSeesReal }
  return {
    generatorSeesReal,
    penaltyApart,
    discriminator: (real, fake) => discriminatorObjective(terms, real, fake),
    generator: (fake, real) => generatorObjective(terms, fake, real),
    penalty: (real, fake) => {
      const seen = [view.view(real.samples, 'real'), view.view(fake.samples, 'fake')] as const
      const reports = penaltiesAt(terms, ...seen, real.labels)
      return { loss: mul(addN(Object.values(reports)), options.penaltyEvery), reports }
    },
  }
}

/** Gradient penalties at samples as the discriminator sees them. */
function penaltiesAt({ options, judging }: Terms, real: Tensor, fake: Tensor, labels: Tensor | undefined) {
  return gradientPenaltyTerms(options, (samples) => judging.judge(samples, labels).logits, real, fake)
}

function discriminatorObjective(parts: Terms, realSamples: Samples, fakeSamples: Samples): Objective {
  const { discriminator, options, view, extension, loss, judging, penaltyApart } = parts
  const [real, fake] = judging.judgedBoth(realSamples, fakeSamples)
  const terms: Record<string, Scalar> = {
    ...extension?.discriminator(real, fake),
    ...(!penaltyApart && penaltiesAt(parts, real.seen, fake.seen, real.labels)),
    ...(options.drift > 0 && { drift: mul(driftPenalty(real.judgement.logits), options.drift) }),
    ...(discriminator.history && {
      discriminatorHistory: mul(discriminator.history.distance(), options.historicalAveraging),
    }),
  }
  const own = loss.discriminator(real.judgement.logits, fake.judgement.logits)
  view.share.update(real.judgement.logits)
  return {
    loss: total(own, terms),
    reports: { ...terms, ...opinion(options, real.judgement, 'real'), ...opinion(options, fake.judgement, 'fake') },
  }
}

function generatorObjective(parts: Terms, fakeSamples: Samples, realSamples: Samples | undefined): Objective {
  const { generator, options, extension, loss, judging, generatorSeesReal, adversarialWeight = 1 } = parts
  const [real, fake]: readonly [JudgedSamples | undefined, JudgedSamples] = generatorSeesReal
    ? judging.judgedBoth(realSamples!, fakeSamples)
    : [undefined, judging.judged(fakeSamples, 'fake')]
  const terms: Record<string, Scalar> = {
    ...extension?.generator(fake),
    ...(options.featureMatching > 0 && {
      featureMatching: mul(featureDistance(real!.judgement.features, fake.judgement.features), options.featureMatching),
    }),
    ...(generator.history && { generatorHistory: mul(generator.history.distance(), options.historicalAveraging) }),
    ...(options.orthogonalRegularization > 0 && {
      orthogonality: mul(orthogonalPenalty(generator.network.trainable), options.orthogonalRegularization),
    }),
  }
  const adversarial = loss.generator(fake.judgement.logits, real?.judgement.logits)
  const weighted = adversarialWeight === 1 ? adversarial : (mul(adversarial, adversarialWeight) as Scalar)
  return { loss: total(weighted, terms), reports: terms }
}

function total(loss: Scalar, terms: Readonly<Record<string, Scalar>>): Scalar {
  return Object.values(terms).reduce((sum, term) => add(sum, term) as Scalar, loss)
}

/** What the discriminator thinks on average: a probability where the loss makes it one. */
function opinion({ loss }: GameRules, { logits }: Judgement, kind: 'real' | 'fake'): Record<string, Scalar> {
  return losses[loss].isProbability
    ? { [`${kind}Probability`]: mean(sigmoid(logits)) }
    : { [`${kind}Score`]: mean(logits) }
}
