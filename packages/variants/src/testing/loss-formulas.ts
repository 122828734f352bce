import { tensor } from '@tensorflow/tfjs-core'
import { buildLoss } from '../game/build-loss.ts'
import type { LossOptions } from '../game/loss-options.ts'
import { type LossName, losses } from '../losses/losses.ts'
import { average, differentiate, differentiated, type Formula, normal, uniform, variableOf } from './formula.ts'

const batch = 6
const logits = { real: normal('real logits', batch, 1), fake: normal('fake logits', batch, 1) }
const draws = { 'flips/real': uniform('flips of real', batch), 'flips/fake': uniform('flips of fake', batch) }

const probability = (logit: number) => 1 / (1 + Math.exp(-logit))

/** Terms of one logit, as the papers have them. */
interface Terms {
  /** @param target of real samples; 1, or a smoothed one */
  real(logit: number, target: number): number
  /** @param low what least squares have as the target of generated samples: 0, or -1 where logits are differences */
  fake(logit: number, low: number): number
  generator(logit: number): number
}

const crossEntropy = (logit: number, target: number) =>
  -target * Math.log(probability(logit)) - (1 - target) * Math.log(1 - probability(logit))

const terms: Readonly<Record<LossName, Terms>> = {
  'non-saturating': {
    real: crossEntropy,
    fake: (logit) => crossEntropy(logit, 0),
    generator: (logit) => -Math.log(probability(logit)),
  },
  minimax: {
    real: crossEntropy,
    fake: (logit) => crossEntropy(logit, 0),
    generator: (logit) => Math.log(1 - probability(logit)),
  },
  'least-squares': {
    real: (logit, target) => (logit - target) ** 2 / 2,
    fake: (logit, low) => (logit - low) ** 2 / 2,
    generator: (logit) => (logit - 1) ** 2 / 2,
  },
  wasserstein: { real: (logit) => -logit, fake: (logit) => logit, generator: (logit) => -logit },
  hinge: {
    real: (logit) => Math.max(0, 1 - logit),
    fake: (logit) => Math.max(0, 1 + logit),
    generator: (logit) => -logit,
  },
}

type Pair = Readonly<Record<'real' | 'fake', readonly number[]>>

function discriminatorLoss({ loss, relativistic, flipLabels, realLabel }: LossOptions, { real, fake }: Pair): number {
  const low = relativistic ? -1 : 0
  const side = (kind: 'real' | 'fake', logitsOfKind: readonly number[], other: readonly number[]) =>
    average(
      logitsOfKind.map((logit, index) => {
        const flipped = draws[`flips/${kind}`][index]! < flipLabels
        const shown = flipped ? (kind === 'real' ? 'fake' : 'real') : kind
        const own = relativistic ? logit - average(other) : logit
        return shown === 'real' ? terms[loss].real(own, realLabel) : terms[loss].fake(own, low)
      }),
    )
  return side('real', real, fake) + side('fake', fake, real)
}

function generatorLoss({ loss, relativistic }: LossOptions, { real, fake }: Pair): number {
  if (!relativistic) return average(fake.map(terms[loss].generator))
  const realTerms = real.map((logit) => terms[loss].fake(logit - average(fake), -1))
  const fakeTerms = fake.map((logit) => terms[loss].real(logit - average(real), 1))
  return average(realTerms) + average(fakeTerms)
}

function formulasOf(choice: LossOptions): Formula[] {
  const { loss, relativistic, flipLabels, realLabel } = choice
  const parts = [
    loss,
    relativistic && 'relativistic',
    flipLabels > 0 && `flipLabels ${flipLabels}`,
    realLabel < 1 && `realLabel ${realLabel}`,
  ]
  const name = parts.filter(Boolean).join(', ')
  const built = buildLoss(choice)
  const state = { real: variableOf(logits.real), fake: variableOf(logits.fake) }
  const values = { real: logits.real.values, fake: logits.fake.values }
  const fakeState = { fake: variableOf(logits.fake) }
  return [
    {
      name: `${name}: discriminator`,
      state,
      ...(flipLabels > 0 && { noise: draws }),
      program: () => differentiate(state, () => built.discriminator(state.real, state.fake)),
      expected: () => differentiated(values, (own) => discriminatorLoss(choice, own as Pair)),
    },
    {
      name: `${name}: generator`,
      state: fakeState,
      program: () =>
        differentiate(fakeState, () =>
          built.generator(fakeState.fake, tensor([...logits.real.values], [batch, 1], 'float32')),
        ),
      expected: () =>
        differentiated({ fake: values.fake }, (own) => generatorLoss(choice, { ...values, ...own } as Pair)),
    },
  ]
}

/** Every loss with everything that changes it. */
export const lossFormulas: readonly Formula[] = (Object.keys(losses) as LossName[]).flatMap((loss) =>
  [false, true].flatMap((relativistic) =>
    [0, 0.4].flatMap((flipLabels) =>
      (losses[loss].hasTarget ? [1, 0.9] : [1]).flatMap((realLabel) =>
        formulasOf({ loss, relativistic, flipLabels, realLabel }),
      ),
    ),
  ),
)
