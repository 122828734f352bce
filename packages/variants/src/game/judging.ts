import { concat, split, type Tensor } from '@tensorflow/tfjs-core'
import { type Judgement, judge } from '../judge.ts'
import type { Network } from '../network.ts'
import type { DiscriminatorView } from './discriminator-view.ts'
import type { GameRules } from './game-options.ts'
import type { Samples } from './samples.ts'

/** Samples, what the discriminator saw of them, and what it says. */
export interface JudgedSamples extends Samples {
  readonly seen: Tensor
  readonly judgement: Judgement
}

/** How a discriminator judges in training. */
export interface Judging {
  /** @param seen samples as the discriminator sees them */
  judge(seen: Tensor, labels: Tensor | undefined): Judgement
  judged(samples: Samples, kind: 'real' | 'fake'): JudgedSamples
  /** Both kinds, in one batch where no sample can tell. */
  judgedBoth(real: Samples, fake: Samples): readonly [real: JudgedSamples, fake: JudgedSamples]
}

export function judgingOf(
  discriminator: Network,
  { view }: DiscriminatorView,
  { judgeTogether, update }: Pick<GameRules, 'judgeTogether' | 'update'>,
  seesLabels: boolean,
): Judging {
  const judgeSeen = (seen: Tensor, labels: Tensor | undefined) =>
    judge(discriminator, seen, seesLabels ? labels : undefined, { training: true })
  const judged = (own: Samples, kind: 'real' | 'fake'): JudgedSamples => {
    const seen = view(own.samples, kind)
    return { ...own, seen, judgement: judgeSeen(seen, own.labels) }
  }
  // Where both players move at once, the generator's judgement of its samples serves the discriminator, too.
  const together = judgeTogether && update === 'alternating' && discriminator.perSample === true
  return {
    judge: judgeSeen,
    judged,
    judgedBoth: (real, fake) => {
      if (!together) return [judged(real, 'real'), judged(fake, 'fake')]
      const seen = [view(real.samples, 'real'), view(fake.samples, 'fake')] as const
      const labels = real.labels && fake.labels && concat([real.labels, fake.labels])
      const parts = halves(judgeSeen(concat([...seen]), labels))
      return [
        { ...real, seen: seen[0], judgement: parts[0] },
        { ...fake, seen: seen[1], judgement: parts[1] },
      ]
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
