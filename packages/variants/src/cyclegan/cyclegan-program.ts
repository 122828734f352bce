import type { TensorProgram } from '@gantry/core'
import { abs, add, addN, concat, mean, mul, type Scalar, split, sub, type Tensor } from '@tensorflow/tfjs-core'
import type { Objectives } from '../game/objectives.ts'
import type { PlayerUpdate } from '../game/player-update.ts'
import { type Player, prefixed } from '../game/players.ts'
import type { Samples } from '../game/samples.ts'
import { withGradients } from '../game/value-and-gradients.ts'
import type { ImagePool } from '../translation/image-pool.ts'

/** A generator, and the discriminator of what it makes. */
export interface Direction {
  /** What the reports of its terms end with: nothing there, `Back` on the way back. */
  readonly suffix: '' | 'Back'
  readonly generator: Player
  readonly discriminator: Player
  readonly objectives: Objectives
  readonly updates: { readonly generator: PlayerUpdate; readonly discriminator: PlayerUpdate }
  readonly pool: ImagePool
}

export interface CycleTable {
  readonly there: Direction
  readonly back: Direction
  readonly options: { readonly cycleWeight: number; readonly identityWeight: number }
}

const samplesOf = (samples: Tensor): Samples => ({ samples, labels: undefined, latent: undefined })
const distance = (left: Tensor, right: Tensor) => mean(abs(sub(left, right))) as Scalar
const translated = ({ generator }: Direction, given: Tensor) =>
  generator.network.apply({ source: given }, { training: true }).target!

/** What becomes of images of one side, and of the other side's where these are to stay as they are: one batch where no sample can tell. */
function translatedBoth(direction: Direction, given: Tensor, other: Tensor | undefined): readonly [Tensor, Tensor?] {
  if (other === undefined) return [translated(direction, given)]
  if (direction.generator.network.perSample !== true)
    return [translated(direction, given), translated(direction, other)]
  return split(translated(direction, concat([given, other])), 2) as [Tensor, Tensor]
}

/**
 * One step of all four networks, at the same weights (the authors' code moves the discriminators last, by images that were made
 * before the generators moved, which is the same).
 */
export function cycleProgram({ there, back, options }: CycleTable): TensorProgram<Tensor> {
  const generators = {
    ...prefixed('there', there.generator.network.trainable as never),
    ...prefixed('back', back.generator.network.trainable as never),
  }
  const keepsColours = options.identityWeight > 0
  return ({ source, target }) => {
    const forGenerators = withGradients(generators, () => {
      const [made, same] = translatedBoth(there, source!, keepsColours ? target : undefined)
      const [madeBack, sameBack] = translatedBoth(back, target!, keepsColours ? source : undefined)
      const [game, gameBack] = [fooling(there, made, target!), fooling(back, madeBack, source!)]
      const cycle = add(distance(source!, translated(back, made)), distance(target!, translated(there, madeBack)))
      const terms: Record<string, Scalar> = { cycleLoss: mul(cycle, options.cycleWeight) }
      if (same && sameBack) {
        const identity = add(distance(target!, same), distance(source!, sameBack))
        terms.identityLoss = mul(identity, options.cycleWeight * options.identityWeight)
      }
      const loss = addN([game.loss, gameBack.loss, ...Object.values(terms)]) as Scalar
      return { loss, reports: { ...terms, made: made as Scalar, madeBack: madeBack as Scalar } }
    })
    const { made, madeBack, ...reports } = forGenerators.reports
    const judged = [
      [there, target!, made!],
      [back, source!, madeBack!],
    ] as const
    const forDiscriminators = judged.map(([direction, real, fake]) => {
      const shown = direction.pool.exchange(fake)
      const own = withGradients(direction.discriminator.network.trainable, () =>
        direction.objectives.discriminator(samplesOf(real), samplesOf(shown)),
      )
      return { direction, own }
    })
    there.updates.generator.learn(forGenerators.gradients)
    back.updates.generator.learn(forGenerators.gradients)
    for (const { direction, own } of forDiscriminators) direction.updates.discriminator.learn(own.gradients)
    return {
      generatorLoss: forGenerators.loss,
      ...reports,
      ...Object.assign({}, ...forDiscriminators.map(({ direction, own }) => named(direction, own))),
    }
  }
}

function fooling({ objectives }: Direction, made: Tensor, real: Tensor) {
  return objectives.generator(samplesOf(made), samplesOf(real))
}

function named(
  { suffix }: Direction,
  { loss, reports }: { readonly loss: Scalar; readonly reports: Readonly<Record<string, Scalar>> },
): Record<string, Scalar> {
  const all = { discriminatorLoss: loss, ...reports }
  return Object.fromEntries(Object.entries(all).map(([name, report]) => [`${name}${suffix}`, report]))
}
