import type { DatasetDefinition } from '../dataset-definition.ts'
import { splitNames } from './split-names.ts'
import { unpairedDataset } from './unpaired-dataset.ts'

/** Two data sets side by side, for translations that learn without pairs. */
export const unpaired: DatasetDefinition = {
  name: 'unpaired',
  parameter: 'A,B',
  description: 'two data sets side by side, each in an order of its own; options go to both',
  gives: ['a', 'b'],
  source: 'the two data sets, after Zhu et al., Unpaired Image-to-Image Translation, ICCV 2017',
  licence: 'that of each',
  options: [],
  parts: splitNames,
  open: async (_options, _parameter, [a, b]) => unpairedDataset(a!, b!),
}
