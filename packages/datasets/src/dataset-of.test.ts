import { type Field, imageField, labelField, pointsField } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { datasetOf } from './index.ts'
import { floats, integers } from './testing/values-of.ts'

const fields = { points: pointsField([2], [-2, 2]), label: labelField(['left', 'right']) }
const points = Float32Array.of(-1, 0, -2, 1, 1, 0)
const label = Int32Array.of(0, 0, 1)

describe('datasetOf', () => {
  it('streams arrays as any other data set', async () => {
    const dataset = await datasetOf({ name: 'sides', fields, arrays: { points, label } })
    expect(dataset).toMatchObject({
      specificationVersion: 2,
      name: 'sides',
      size: 3,
      fields,
      labelCounts: [2, 1],
      description: { source: 'memory', licence: 'that of the data', skipped: [] },
    })
    const { value: batch } = await dataset.batches({ batchSize: 3, seed: 1 }).next()
    const rows = Array.from(integers(batch), (side, row) => [
      ...floats(batch, 'points').subarray(2 * row, 2 * row + 2),
      side,
    ])
    expect(rows.toSorted(([left], [right]) => left! - right!)).toEqual([
      [-2, 1, 0],
      [-1, 0, 0],
      [1, 0, 1],
    ])
  })

  it('has a fingerprint that any sample changes', async () => {
    const of = async (arrays: { points: Float32Array; label: Int32Array }) =>
      (await datasetOf({ name: 'sides', fields, arrays })).fingerprint
    const before = await of({ points, label })
    expect(await of({ points: points.slice(), label: label.slice() })).toBe(before)
    expect(await of({ points: points.with(5, 0.5), label })).not.toBe(before)
    expect(await of({ points, label: label.with(0, 1) })).not.toBe(before)
    const renamed = { ...fields, label: labelField(['west', 'east']) }
    expect((await datasetOf({ name: 'sides', fields: renamed, arrays: { points, label } })).fingerprint).not.toBe(
      before,
    )
  })

  it('keeps what else is known of the data', async () => {
    const mixture = { centres: [[0, 0]] as const, standardDeviation: 1 }
    const dataset = await datasetOf({ name: 'x', fields, arrays: { points, label }, mixture, licence: 'MIT' })
    expect(dataset).toMatchObject({ mixture, description: { licence: 'MIT' } })
  })

  const tokens: Field = { modality: 'tokens', dtype: 'int32', shape: [2], names: ['', 'cat'] }

  it.each([
    ['no field', {}, {}, 'FIELDS_MISSING', "The data set 'x' has no field."],
    [
      'a field without an array',
      fields,
      { points },
      'FIELD_ARRAY_MISSING',
      "a field 'label' but no array for it, only points.",
    ],
    [
      'another number of samples',
      fields,
      { points, label: label.subarray(1) },
      'FIELD_ARRAY_MISMATCH',
      "The array of 'label' in 'x' is a Int32Array of 2, but int32 [] takes 1 element(s) of a Int32Array for each sample, and 'points' has 3 samples.",
    ],
    [
      'half a sample',
      { image: imageField([2, 2, 1]) },
      { image: new Float32Array(6) },
      'FIELD_ARRAY_MISMATCH',
      'has 1.5 samples',
    ],
    ['no sample', { points: fields.points }, { points: new Float32Array() }, 'FIELD_ARRAY_MISMATCH', 'has 0 samples'],
    [
      'another dtype',
      { points: fields.points },
      { points: new Float64Array(2) },
      'FIELD_ARRAY_MISMATCH',
      'is a Float64Array of 2',
    ],
    [
      'an index without a name',
      { tokens },
      { tokens: Int32Array.of(0, 1, 2, 0) },
      'LABEL_OUT_OF_RANGE',
      "Element 2 of 'tokens' in 'x' has the label 2",
    ],
  ])('refuses %s', async (_, given, arrays, code, message) => {
    await expect(datasetOf({ name: 'x', fields: given, arrays })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
  })
})
