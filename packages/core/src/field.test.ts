import { describe, expect, it } from 'vitest'
import { batchedSpecs, drawnPort, imageField, labelField, pointsField, portOf } from './field.ts'

describe('fields', () => {
  it('say what their numbers mean', () => {
    expect(imageField([28, 28, 1])).toEqual({
      modality: 'image',
      dtype: 'float32',
      shape: [28, 28, 1],
      range: [-1, 1],
    })
    expect(pointsField([2])).toEqual({ modality: 'points', dtype: 'float32', shape: [2] })
    expect(pointsField([2], [-3, 3]).range).toEqual([-3, 3])
    expect(labelField(['cat', 'dog'])).toEqual({ modality: 'label', dtype: 'int32', shape: [], names: ['cat', 'dog'] })
  })

  it('become ports that name the field of the data', () => {
    const label = { ...labelField(['cat', 'dog']), field: 'animal' }
    expect(portOf(label)).toEqual(label)
    expect(drawnPort('latent', [100], 'normal')).toEqual({
      modality: 'latent',
      dtype: 'float32',
      shape: [100],
      drawn: 'normal',
    })
  })

  it('survive JSON, as manifests and run folders keep them', () => {
    const port = portOf({ ...imageField([4, 4, 3]), field: 'google' })
    expect(JSON.parse(JSON.stringify(port))).toEqual(port)
  })
})

describe('batchedSpecs', () => {
  it('puts the batch before each shape, and keeps the order of the ports', () => {
    const specs = batchedSpecs({
      latent: drawnPort('latent', [100], 'normal'),
      labels: labelField(['cat', 'dog']),
      photo: { modality: 'image', dtype: 'uint8', shape: ['height', 'width', 3] },
    })
    expect(Object.entries(specs)).toEqual([
      ['latent', { dtype: 'float32', shape: ['batch', 100] }],
      ['labels', { dtype: 'int32', shape: ['batch'] }],
      ['photo', { dtype: 'uint8', shape: ['batch', 'height', 'width', 3] }],
    ])
  })
})
