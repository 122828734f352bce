import { newest, percent, pick } from './looks.ts'
import type { VerdictRule } from './verdict-rule.ts'

/**
 * Overfitting: samples that are copies of training samples, or a discriminator that knows these by heart. It is then sure of samples
 * that lie among real ones as others do, and what it says no longer depends on how good they are (Karras et al. 2020, section 2).
 */
export const memorisation: VerdictRule = {
  name: 'memorisation',
  looks: 5,
  warmUp: 5,
  shows: (looks) => {
    const found = pick(newest(looks), 'copies', 'separation', 'neighbourAccuracy', 'precision')
    if (found === undefined) return undefined
    const { copies, separation, neighbourAccuracy, precision } = found
    const byHeart = separation > 0.99 && neighbourAccuracy < 0.8 && precision > 0.5
    return copies > 0.5 || byHeart ? found : undefined
  },
  message: ({ copies, separation, neighbourAccuracy }) =>
    copies! > 0.5
      ? `${percent(copies!)} of the samples are copies of training samples.`
      : `The discriminator tells ${percent(separation!, 1)} of pairs apart, of which nearest neighbours get ` +
        `${percent(neighbourAccuracy!)} right: it knows the training samples by heart.`,
  remedies: [
    {
      set: ({ augment }) =>
        Array.isArray(augment) && augment.length === 0 ? { augment: ['color', 'translation'] } : undefined,
      why: 'the discriminator never sees the same picture twice (Zhao et al. 2020); more data help more',
    },
    {
      set: ({ dropout }) => (dropout === 0 ? { dropout: 0.3 } : undefined),
      why: 'the discriminator learns samples by heart less easily',
    },
    {
      set: ({ discriminatorWidth: width }) =>
        typeof width === 'number' && width > 1 ? { discriminatorWidth: Math.floor(width / 2) } : undefined,
      why: 'a smaller network cannot hold them all',
    },
  ],
}
