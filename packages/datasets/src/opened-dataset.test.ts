import { labelField } from '@gantry/core'
import { expect, it } from 'vitest'
import { openedDataset } from './opened-dataset.ts'

it.each([2, -1])(
  'refuses the label %i where there are two classes, instead of counting what nobody has',
  async (label) => {
    const opened = openedDataset(
      { name: 'pets', source: 'a test', licence: 'none' },
      {
        ...{ size: 3, fields: { label: labelField(['cat', 'dog']) }, readAhead: 0, read: () => {}, identity: () => [] },
        labelOf: (index) => (index === 2 ? label : 0),
      },
    )
    await expect(opened).rejects.toMatchObject({
      code: 'LABEL_OUT_OF_RANGE',
      message: expect.stringContaining(`Sample 2 of pets has the label ${label}`),
    })
  },
)
