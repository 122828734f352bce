import { imageField, labelField, pointsField } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { tinyDataset } from '../../training/src/testing/tiny-dataset.ts'
import { boundFieldsOf, checkSameData, describeData, type RunData } from './run-data.ts'

const fields = { image: imageField([28, 28, 1]), label: labelField(['cat', 'dog']) }
const data: RunData = {
  name: 'folder:x',
  size: 100,
  fields,
  binding: { samples: 'image', labels: 'label' },
  labelCounts: [60, 40],
  fingerprint: '0123456789abcdef',
}

describe('what a run knows of its data', () => {
  it('is described as plain JSON, and tells the fields of the variant', () => {
    const dataset = { ...tinyDataset([2]), fields, labelCounts: [60, 40], fingerprint: 'f00d' }
    const bound = { samples: { ...fields.image, field: 'image' }, labels: { ...fields.label, field: 'label' } }
    const described = describeData(dataset, bound)
    expect(described).toEqual({ ...data, name: 'tiny-points', size: 1000, fingerprint: 'f00d' })
    const read: RunData = JSON.parse(JSON.stringify(described))
    expect(read).toEqual(described)
    expect(boundFieldsOf(read)).toEqual(bound)
  })

  it('leaves out what a data set does not tell', () => {
    const points = pointsField([2])
    const described = describeData(tinyDataset([2]), { samples: { ...points, field: 'points' } })
    const expected = { name: 'tiny-points', size: 1000, fields: { points }, binding: { samples: 'points' } }
    expect(described).toStrictEqual(expected)
  })
})

describe('a run that goes on with other data', () => {
  const many = Array.from({ length: 12 }, (_, index) => `c${index}`)

  it.each<[string, Partial<RunData>, string, Partial<RunData>?]>([
    ['fields', { fields: { image: fields.image } }, 'it had the fields image, label, and now has image'],
    [
      'names of labels',
      { fields: { ...fields, label: labelField(['dog', 'cat']) } },
      "'label' had the names cat, dog, and now has dog, cat",
    ],
    [
      'more names',
      { fields: { ...fields, label: labelField(many) } },
      "'label' had the names cat, dog, and now has c0, c1, c2, c3, c4, c5, c6, c7, … (12)",
    ],
    [
      'size of images',
      { fields: { ...fields, image: imageField([32, 32, 3]) } },
      "'image' was image float32[28,28,1], and is now image float32[32,32,3]",
    ],
    ['more samples', { size: 101 }, 'it had 100 samples, and now has 101'],
    [
      'names, far behind',
      { fields: { ...fields, label: labelField([...many.slice(0, 11), 'other']) } },
      "'label' had the names …, c11 (12), and now has …, other (12)",
      { fields: { ...fields, label: labelField(many) } },
    ],
    ['counts', { labelCounts: [50, 50] }, 'its labels had 60, 40 samples, and now have 50, 50'],
    [
      'contents',
      { fingerprint: 'fedcba9876543210' },
      'it had the fingerprint 0123456789ab, and now has fedcba987654: names, order or contents of its samples are others',
    ],
  ])('is refused, naming both: other %s', (_, change, difference, before = {}) => {
    expect(() => checkSameData('runs/a', { ...data, ...before }, { ...data, ...change })).toThrow(
      expect.objectContaining({
        name: 'ConfigurationError',
        code: 'DATA_CHANGED',
        message: `The run in runs/a was trained on other data: ${difference}. Bring the data back as they were, or start a new run with another '--out'.`,
      }),
    )
  })

  it('is allowed where nothing differs, in whatever order, or nothing can be compared', () => {
    const { fingerprint: _, ...untold } = data
    const turned = { ...data, fields: { label: fields.label, image: fields.image } }
    for (const [before, now] of [
      [data, turned],
      [untold, data],
      [data, untold],
    ] as const) {
      expect(() => checkSameData('runs/a', before, now)).not.toThrow()
    }
  })
})
