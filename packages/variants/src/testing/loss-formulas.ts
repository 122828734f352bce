import { tensor } from '@tensorflow/tfjs-core'
import { buildLoss } from '../game/build-loss.ts'
import type { GameOptions } from '../game/game-options.ts'
import { average, differentiate, differentiated, type Formula, normal, uniform, variableOf } from './formula.ts'

type Loss = GameOptions['loss']

const batch = 6
const logits = { real: normal('real logits', batch, 1), fake: normal('fake logits', batch, 1) }
const draws = { 'flips/real': uniform('flips of real', batch), 'flips/fake': uniform('flips of fake', batch) }

const probability = (logit: number) => 1 / (1 + Math.exp(-logit))

/** The discriminator's term of a logit whose target is 1 (or a smoothed one) for real and 0 for generated samples. */
function discriminatorTerm(loss: Loss, logit: number, kind: 'real' | 'fake', realLabel: number, low: number): number {
  const target = kind === 'real' ? realLabel : 0
  switch (loss) {
    case 'non-saturating':
    case 'minimax':
      return -target * Math.log(probability(logit)) - (1 - target) * Math.log(1 - probability(logit))
    case 'least-squares':
      return (logit - (kind === 'real' ? realLabel : low)) ** 2 / 2
    case 'wasserstein':
      return kind === 'real' ? -logit : logit
    case 'hinge':
      return Math.max(0, 1 + (kind === 'real' ? -logit : logit))
  }
}

function generatorTerm(loss: Loss, logit: number): number {
  switch (loss) {
    case 'non-saturating':
      return -Math.log(probability(logit))
    case 'minimax':
      return Math.log(1 - probability(logit))
    case 'least-squares':
      return (logit - 1) ** 2 / 2
    default:
      return -logit
  }
}

type Choice = Pick<GameOptions, 'loss' | 'relativistic' | 'flipLabels' | 'realLabel'>
type Pair = Readonly<Record<'real' | 'fake', readonly number[]>>

function discriminatorLoss({ loss, relativistic, flipLabels, realLabel }: Choice, { real, fake }: Pair): number {
  const low = relativistic ? -1 : 0
  const side = (kind: 'real' | 'fake', own: readonly number[], other: readonly number[]) =>
    average(
      own.map((logit, index) => {
        const flipped = draws[`flips/${kind}`][index]! < flipLabels
        const shown = flipped ? (kind === 'real' ? 'fake' : 'real') : kind
        return discriminatorTerm(loss, relativistic ? logit - average(other) : logit, shown, realLabel, low)
      }),
    )
  return side('real', real, fake) + side('fake', fake, real)
}

function generatorLoss({ loss, relativistic }: Choice, { real, fake }: Pair): number {
  if (!relativistic) return average(fake.map((logit) => generatorTerm(loss, logit)))
  const realTerms = real.map((logit) => discriminatorTerm(loss, logit - average(fake), 'fake', 1, -1))
  const fakeTerms = fake.map((logit) => discriminatorTerm(loss, logit - average(real), 'real', 1, -1))
  return average(realTerms) + average(fakeTerms)
}

function formulasOf(choice: Choice): Formula[] {
  const { loss, relativistic, flipLabels, realLabel } = choice
  const told = [
    loss,
    relativistic && 'relativistic',
    flipLabels > 0 && `flipLabels ${flipLabels}`,
    realLabel < 1 && `realLabel ${realLabel}`,
  ]
  const name = told.filter(Boolean).join(', ')
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

const losses: readonly Loss[] = ['non-saturating', 'minimax', 'least-squares', 'wasserstein', 'hinge']

/** Every loss with everything that changes it. */
export const lossFormulas: readonly Formula[] = losses.flatMap((loss) =>
  [false, true].flatMap((relativistic) =>
    [0, 0.4].flatMap((flipLabels) =>
      (loss === 'wasserstein' || loss === 'hinge' ? [1] : [1, 0.9]).flatMap((realLabel) =>
        formulasOf({ loss, relativistic, flipLabels, realLabel }),
      ),
    ),
  ),
)
