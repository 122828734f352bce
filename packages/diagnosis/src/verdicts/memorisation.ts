import type { Look, Readings } from '../readings/readings.ts'
import { median, newest, percent, pick, series } from './looks.ts'
import type { VerdictRule } from './verdict-rule.ts'

/** Looks whose middle stands for a reading of one batch, which leaps about. */
const SMOOTHED = 5

/** Times that a sample has been seen before anybody can know it by heart: networks that do have seen each hundreds of times. */
const LEAST_EPOCHS = 20

/**
 * `overfitting` of a discriminator that knows its samples by heart. Of 510 drawn faces (docs/learning.md, `few-faces`) the Fréchet distance
 * rises where it is above a tenth, and it goes on growing; with adaptive augmentation it stays near that.
 */
const OVERFIT = 0.25

/**
 * What tells that a discriminator knows the training samples. Held-out samples say so by themselves. Without any: it is sure of nearly
 * every sample, though nearest neighbours are not, of data that it has seen often. One that compares the samples of a batch cannot be
 * asked for single ones: of it there is what it says in training, of a batch. In sound games D(x) and D(G(z)) are less than a half apart.
 */
function knowledge(looks: readonly Look[]): Readings | undefined {
  const judged = pick(middles(looks), 'overfitting', 'separation')
  if (judged !== undefined) return judged.overfitting > OVERFIT && judged.separation > 0.9 ? judged : undefined
  const seen = pick(newest(looks), 'neighbourAccuracy', 'precision')
  if (seen === undefined || seen.precision <= 0.5 || (newest(looks).epochs ?? LEAST_EPOCHS) < LEAST_EPOCHS)
    return undefined
  const sure = sureness(looks)
  return sure !== undefined && sure.neighbourAccuracy! < 0.8 ? sure : undefined
}

/** How sure a discriminator is, where it is surer than in any sound game, beside how often nearest neighbours are right. */
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
    const { copies } = newest(looks)
    // Samples that are made of the data's own are to be like these.
    if (copies === undefined) return undefined
    return copies > 0.5 ? { copies } : knowledge(looks)
  },
  message: (readings) => {
    const { copies, overfitting, separation, realProbability, fakeProbability, neighbourAccuracy } = readings
    const knows = 'it knows the training samples by heart.'
    if (copies !== undefined) return `${percent(copies)} of the samples are copies of training samples.`
    if (overfitting !== undefined)
      return `The discriminator rates held-out samples ${percent(overfitting)} of the way from training samples to generated ones: ${knows}`
    const neighbours = `nearest neighbours get ${percent(neighbourAccuracy!)} right: ${knows}`
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
