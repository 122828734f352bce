import { drawnPort, float32, type NDArray, ndarray, type Port, type Ports } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { drawRows } from './draw-rows.ts'
import type { Modality } from './modality.ts'
import { modalities } from './registry.ts'
import { portsFromData, type SupplyRequest, supply } from './supply.ts'

const latent = drawnPort('latent', [3], 'normal')
const digits: Port = { modality: 'label', dtype: 'int32', shape: [], names: ['zero', 'one', 'two'], field: 'label' }
const truncation: Port = { modality: 'number', dtype: 'float32', shape: [], range: [0, 1], otherwise: 0.7 }
const photo: Port = { modality: 'image', dtype: 'float32', shape: [1, 2, 1], range: [-1, 1], field: 'photo' }

const ask = (ports: Ports, more: Partial<SupplyRequest> = {}) => supply(ports, { seed: 5, from: 0, count: 4, ...more })
const values = ({ data }: NDArray | undefined = float32([0], [])) => Array.from(data, Number)

describe('supply', () => {
  it('draws latents and noise by the name of the input, sample by sample', () => {
    const ports = { latent, noise_8: drawnPort('noise', [2, 1], 'uniform') }
    const all = ask(ports)
    const later = ask(ports, { from: 3, count: 1 })
    const request = { seed: 5, from: 0, count: 4 }
    expect(all.latent).toEqual(drawRows({ name: 'latent', shape: [3], distribution: 'normal' }, request))
    expect(all.noise_8).toEqual(drawRows({ name: 'noise_8', shape: [2, 1], distribution: 'uniform' }, request))
    expect(values(later.latent)).toEqual(values(all.latent).slice(9))
    expect(values(later.noise_8)).toEqual(values(all.noise_8).slice(6))
  })

  it('gives every label in turn by the number of the sample, whatever the data have', () => {
    const data = { label: ndarray('int32', [4], Int32Array.from([2, 2, 2, 2])) }
    expect(values(ask({ labels: digits }, { from: 2, data }).labels)).toEqual([2, 0, 1, 2])
    const wide = ask({ labels: { ...digits, dtype: 'int64' } }).labels!
    expect(wide.data).toEqual(BigInt64Array.from([0n, 1n, 2n, 0n]))
    const { names: _, ...numbered } = digits
    expect(values(ask({ labels: { ...numbered, range: [0, 1] } }).labels)).toEqual([0, 1, 0, 1])
  })

  it('takes numbers as they usually are, from the middle of their range, or 0', () => {
    expect(ask({ truncation }).truncation).toEqual(float32([4], [0.7, 0.7, 0.7, 0.7]))
    const { otherwise: _, ...ranged } = truncation
    expect(values(ask({ x: ranged }).x)).toEqual([0.5, 0.5, 0.5, 0.5])
    expect(ask({ x: { ...ranged, dtype: 'float64', shape: [2] } }, { count: 1 }).x).toEqual(
      ndarray('float64', [1, 2], Float64Array.from([0.5, 0.5])),
    )
    const { range: _range, ...plain } = ranged
    expect(values(ask({ x: plain }).x)).toEqual([0, 0, 0, 0])
    expect(values(ask({ x: { ...plain, drawn: 'uniform' } }).x).every((value) => value > 0 && value < 1)).toBe(true)
  })

  it('takes what is asked for, one for all or one a sample, in the dtype of the input', () => {
    const one = { labels: float32([1], [2]), truncation: float32([1], [0.25]) }
    const inputs = ask({ labels: digits, truncation, latent }, { asked: one })
    expect(inputs.labels).toEqual(ndarray('int32', [4], Int32Array.from([2, 2, 2, 2])))
    expect(values(inputs.truncation)).toEqual([0.25, 0.25, 0.25, 0.25])
    const each = {
      latent: float32(
        [4, 3],
        Array.from({ length: 12 }, (_, index) => index),
      ),
    }
    expect(ask({ latent }, { asked: each }).latent).toEqual(each.latent)
  })

  it('takes images from the data, unless others are asked for', () => {
    const data = { photo: float32([4, 1, 2, 1], [1, 2, 3, 4, 5, 6, 7, 8]) }
    expect(ask({ input: photo }, { data }).input).toEqual(data.photo)
    const asked = { input: float32([1, 1, 2, 1], [9, 8]) }
    expect(values(ask({ input: photo }, { data, asked }).input)).toEqual([9, 8, 9, 8, 9, 8, 9, 8])
    expect(values(ask({ input: { ...photo, drawn: 'normal' } }).input)).toHaveLength(8)
  })

  it('reduces images of the data for an input that takes smaller ones, but not those that are asked for', () => {
    const ports = { low: { ...photo, reduced: 2 } }
    const data = {
      photo: float32(
        [4, 2, 4, 1],
        new Array(32).fill(0).map((_, index) => (index % 2 ? 9 : -9)),
      ),
    }
    const { low } = ask(ports, { data })
    expect(low!.shape).toEqual([4, 1, 2, 1])
    // The stripes are as wide as a pixel, so that their mean is left; at the border the kernel sees one side of them.
    expect(Math.max(...values(low).map(Math.abs))).toBeLessThanOrEqual(1)
    const asked = { low: float32([1, 1, 2, 1], [9, 8]) }
    expect(values(ask(ports, { data, asked }).low).slice(0, 2)).toEqual([9, 8])
  })

  it('tells which inputs take what the data have', () => {
    const words: Port = { modality: 'tokens', dtype: 'int32', shape: [2], field: 'words' }
    const ports = {
      latent,
      labels: digits,
      input: photo,
      truncation,
      text: words,
      free: { ...truncation, modality: 'image' },
    }
    expect(Object.keys(portsFromData(ports))).toEqual(['input', 'text'])
  })

  it('knows what lengths are only when a whole array is given', () => {
    const open: Port = { ...drawnPort('latent', ['steps', 2], 'normal') }
    expect(ask({ latent: open }, { asked: { latent: float32([1, 1, 2], [1, 2]) } }).latent?.shape).toEqual([4, 1, 2])
    expect(() => ask({ latent: open })).toThrow(
      expect.objectContaining({ code: 'INPUT_OPEN', message: expect.stringContaining('[steps, 2]') }),
    )
  })

  it.each<[string, Ports, Partial<SupplyRequest>, string]>([
    [
      'INPUT_UNKNOWN',
      { latent, labels: digits },
      { asked: { label: float32([1], [0]) } },
      "There is no input 'label': this function has latent, labels. Did you mean 'labels'?",
    ],
    [
      'INPUT_MISSING',
      { input: photo },
      {},
      "Nobody gives the input 'input', and the field 'photo' of the data is not at hand. Give it: --input input=photo.png.",
    ],
    [
      'INPUT_MISSING',
      { labels: { modality: 'label', dtype: 'int64', shape: [] } },
      {},
      "The input 'labels' is a label, and nothing tells how many classes there are.",
    ],
    [
      'INPUT_MISMATCH',
      { input: photo },
      { asked: { input: float32([4, 2, 2, 1], new Array(16)) } },
      "The input 'input' takes float32[1 or 4,1,2,1] but got float32[4,2,2,1].",
    ],
    [
      'INPUT_MISMATCH',
      { latent },
      { asked: { latent: float32([3, 3], new Array(9)) } },
      "The input 'latent' takes float32[1 or 4,3] but got float32[3,3].",
    ],
    [
      'INPUT_MISMATCH',
      { labels: digits },
      { asked: { labels: float32([1], [1.5]) } },
      "The input 'labels' takes whole numbers (int32) but got 1.5 (float32).",
    ],
    [
      'INPUT_OUT_OF_RANGE',
      { truncation },
      { asked: { truncation: float32([1], [1.5]) } },
      "The input 'truncation': 1.5 does not lie between 0 and 1.",
    ],
    [
      'LABEL_OUT_OF_RANGE',
      { labels: digits },
      { asked: { labels: float32([1], [3]) } },
      "The input 'labels': sample 0 of the batch has the label 3, but there are 3 classes, 0 to 2.",
    ],
    [
      'MODALITY_UNKNOWN',
      { input: { ...photo, modality: 'imgae' } },
      {},
      "There is no modality 'imgae'. Did you mean 'image'?",
    ],
  ])('says what is wrong: %s (%#)', (code, ports, request, message) => {
    expect(() => ask(ports, request)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    )
  })

  it('takes modalities of your own, also in parts', () => {
    const molecule: Modality = {
      name: 'molecule',
      parts: ['nodes', 'bonds'],
      supply: ({ dtype }, { count }) => ndarray(dtype, [count]),
    }
    const port: Port = { modality: 'molecule/nodes', dtype: 'uint8', shape: [] }
    const request = { seed: 0, from: 0, count: 2 }
    expect(supply({ nodes: port }, request, [...modalities, molecule]).nodes).toEqual(ndarray('uint8', [2]))
    expect(() => supply({ nodes: { ...port, modality: 'molecule/node' } }, request, [molecule])).toThrow(
      "no modality 'molecule/node'. Did you mean 'molecule/nodes'?",
    )
  })
})
