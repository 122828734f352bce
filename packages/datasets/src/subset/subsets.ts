import { ConfigurationError, DataError, suggestion } from '@gantry/core'
import type { DatasetDefinition } from '../dataset-definition.ts'
import type { OpenedDataset } from '../opened-dataset.ts'
import type { SampleSource } from '../sample-source.ts'
import { slugOf } from '../slug.ts'
import { chosen } from './subset-source.ts'

/** A data set with labels, whose samples can be read one by one. */
interface Labelled {
  readonly samples: SampleSource
  readonly names: readonly string[]
  labelOf(index: number): number
}

/** What comes before the first comma, and the name of a data set after it. */
function split(text: string): readonly [choice: string, dataset: string] {
  const comma = text.indexOf(',')
  return comma < 0 ? [text, ''] : [text.slice(0, comma), text.slice(comma + 1)]
}

/** @throws ConfigurationError `SUBSET_INVALID` */
function partsOf(name: string, example: string, text: string): readonly string[] {
  const [choice, dataset] = split(text)
  if (choice !== '' && dataset !== '') return [dataset]
  throw new ConfigurationError({
    code: 'SUBSET_INVALID',
    message: `'${name}:${text}' does not say ${dataset === '' ? 'of which data set' : 'what'}.`,
    fix: `Write it like ${name}:${example}.`,
  })
}

/** @throws DataError `LABELS_MISSING` */
function labelled({ name, samples, fields }: OpenedDataset): Labelled {
  const names = Object.values(fields).find(({ modality }) => modality === 'label')?.names
  if (samples?.labelOf !== undefined && names !== undefined) return { samples, names, labelOf: samples.labelOf }
  throw new DataError({
    code: 'LABELS_MISSING',
    message: `A part of ${name} cannot be chosen by class: it has no labels.`,
    fix: 'Choose a data set with labels, such as a folder with a sub-folder for each class.',
  })
}

/**
 * The samples of a class, or those of the others. Classes may be written as {@link slugOf}.
 *
 * @throws ConfigurationError `CLASS_UNKNOWN`; what {@link labelled} throws
 */
function byClass(
  name: string,
  text: string,
  whole: OpenedDataset,
  isChosen: (isOfClass: boolean) => boolean,
): Promise<OpenedDataset> {
  const { names, labelOf } = labelled(whole)
  const [own] = split(text)
  const exact = names.indexOf(own)
  const index = exact < 0 ? names.findIndex((each) => slugOf(each) === own) : exact
  if (index < 0) {
    throw new ConfigurationError({
      code: 'CLASS_UNKNOWN',
      message: `${whole.name} has no class '${own}'.`,
      fix: suggestion(own, names),
    })
  }
  return chosen(whole, `${name}:${own},${whole.name}`, (sample) => isChosen(labelOf(sample) === index))
}

/** All classes but one: what is normal, where that one is odd. */
export const without: DatasetDefinition = {
  name: 'without',
  parameter: 'CLASS,DATASET',
  description: 'a data set with labels, less one of its classes',
  gives: ['those of the data set'],
  source: 'the data set',
  licence: 'that of the data set',
  options: [],
  parts: (text) => partsOf('without', '7,mnist', text),
  open: async (_options, text, [whole]) => byClass('without', text, whole!, (isOfClass) => !isOfClass),
}

/** One class: one kind of thing, which a small network can learn. */
export const only: DatasetDefinition = {
  name: 'only',
  parameter: 'CLASS,DATASET',
  description: 'one of the classes of a data set with labels',
  gives: ['those of the data set'],
  source: 'the data set',
  licence: 'that of the data set',
  options: [],
  parts: (text) => partsOf('only', '7,mnist', text),
  open: async (_options, text, [whole]) => byClass('only', text, whole!, (isOfClass) => isOfClass),
}

/** So many samples of each class, the first: what little data can do. */
export const few: DatasetDefinition = {
  name: 'few',
  parameter: 'COUNT,DATASET',
  description: 'the first samples of each class of a data set with labels',
  gives: ['those of the data set'],
  source: 'the data set',
  licence: 'that of the data set',
  options: [],
  parts: (text) => partsOf('few', '100,mnist', text),
  open: async (_options, text, [whole]) => {
    const { names, labelOf } = labelled(whole!)
    const [count] = split(text)
    if (!/^[1-9]\d*$/.test(count)) {
      throw new ConfigurationError({
        code: 'SUBSET_INVALID',
        message: `'few:${text}' asks for '${count}' samples of each class.`,
        fix: 'Ask for a whole number of at least 1: few:100,mnist.',
      })
    }
    const left = new Array<number>(names.length).fill(Number(count))
    return chosen(whole!, `few:${count},${whole!.name}`, (sample) => left[labelOf(sample)]!-- > 0)
  },
}
