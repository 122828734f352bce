import { RandomStream } from '@gantry/core'
import type { DatasetDefinition } from '../dataset-definition.ts'
import type { SampleSource } from '../sample-source.ts'
import { chosen } from './subset-source.ts'

/** The share of what is held out, where nobody else has said what that is. */
const SHARE = 0.1

/** What training does not see. */
export const heldOut: DatasetDefinition = {
  ...partOfDataset('held-out'),
  description:
    'the test split of a data set that has one, else a tenth of it, drawn by the names of its samples: what training should not see',
}

/** What is left for training. */
export const training: DatasetDefinition = {
  ...partOfDataset('training'),
  description: 'a data set without what held-out:DATASET is of it',
}

function partOfDataset(name: 'held-out' | 'training'): DatasetDefinition {
  return {
    name,
    parameter: 'DATASET',
    description: '',
    gives: ['those of the data set'],
    source: 'the data set',
    licence: 'that of the data set',
    options: [],
    standsFor: (text, known) => known.partOf(text, name),
    parts: (text) => [text],
    open: async (_options, _text, [whole]) => {
      const isHeldOut = heldOutOf(whole!.samples!)
      return chosen(whole!, `${name}:${whole!.name}`, (index) => isHeldOut(index) === (name === 'held-out'))
    },
  }
}

/**
 * A tenth of what samples show, and no less than one thing. It is drawn by its name, so that it is the same on every machine, in any order
 * and beside any others; samples that show one thing (an emoji in all skin tones) are held out together.
 */
function heldOutOf(source: Pick<SampleSource, 'size' | 'nameOf' | 'groupOf'>): (index: number) => boolean {
  const shows = (index: number) => source.groupOf?.(index) ?? source.nameOf?.(index) ?? String(index)
  const lots = new Map<string, number>()
  for (let index = 0; index < source.size; index++) {
    const group = shows(index)
    if (!lots.has(group)) lots.set(group, new RandomStream(0, `held-out/${group}`).uniform())
  }
  let least = 1
  for (const lot of lots.values()) least = Math.min(least, lot)
  return (index) => {
    const lot = lots.get(shows(index))!
    return lot < SHARE || lot === least
  }
}
