import type { Look, Readings } from '../readings/readings.ts'
import { median, newest, percent, pick, series } from './looks.ts'
import type { VerdictRule } from './verdict-rule.ts'

/** Looks whose middle stands for a reading of one batch, which leaps about. */
const SMOOTHED = 5

/**
 * What tells that a discriminator is sure of nearly every sample, beside how often nearest neighbours are right. One that compares the
 * samples of a batch cannot be asked for single ones: of it there is what it says in training, of a batch. In sound games D(x) and
 * D(G(z)) are less than a half apart.
 */
function sureness(looks: readonly Look[]): Readings | undefined {
  const asked = pick(newest(looks), 'separation', 'neighbourAccuracy')
  if (asked !== undefined) return asked.separation > 0.99 ? asked : undefined
  const trained = pick(middles(looks), 'realProbability', 'fakeProbability', 'neighbourAccuracy')
  return trained !== undefined && trained.realProbability - trained.fakeProbability > 0.8 ? trained : undefined
}

/** The middle of every reading over the newest looks. */
function middles(looks: readonly Look[]): Readings {
  const newer = looks.slice(-SMOOTHED)
  return Object.fromEntries(Object.keys(newest(newer)).map((name) => [name, median(series(newer, name))]))
}

/**
 * Overfitting: samples that are copies of training samples, or a discriminator that knows these by heart. It is then sure of samples
 * that lie among real ones as others do, and what it says no longer depends on how good they are (Karras et al. 2020, section 2).
 */
export const memorisation: VerdictRule = {
  name: 'memorisation',
  looks: 5,
  warmUp: 5,
  shows: (looks) => {
    const found = pick(newest(looks), 'copies', 'neighbourAccuracy', 'precision')
    if (found === undefined) return undefined
    const sure = sureness(looks)
    if (sure !== undefined && sure.neighbourAccuracy! < 0.8 && found.precision > 0.5) return { ...found, ...sure }
    return found.copies > 0.5 ? found : undefined
  },
  message: ({ copies, separation, realProbability, fakeProbability, neighbourAccuracy }) => {
    if (copies! > 0.5) return `${percent(copies!)} of the samples are copies of training samples.`
    const neighbours = `nearest neighbours get ${percent(neighbourAccuracy!)} right: it knows the training samples by heart.`
    return separation === undefined
      ? `D(x) is ${realProbability!.toFixed(2)} and D(G(z)) ${fakeProbability!.toFixed(2)}, of samples of which ${neighbours}`
      : `The discriminator tells ${percent(separation, 1)} of pairs apart, of which ${neighbours}`
  },
  remedies: [
    {
      set: ({ r1 }) => (typeof r1 === 'number' && r1 > 0 && r1 < 0.5 ? { r1: 1 } : undefined),
      why: 'a stronger penalty keeps the discriminator smooth between samples (Mescheder et al. 2018)',
    },
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
