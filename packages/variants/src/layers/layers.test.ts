import '@tensorflow/tfjs-backend-cpu'
import { RandomStream, sizeOfShape } from '@gantry/core'
import { type serialization, setBackend, type Tensor, tensor } from '@tensorflow/tfjs-core'
import type { layers } from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { ClassScale } from './class-scale.ts'
import { GlobalSumPooling } from './global-sum-pooling.ts'
import { GroupNormalization } from './group-normalization.ts'
import { MinibatchDiscrimination } from './minibatch-discrimination.ts'
import { MinibatchStandardDeviation } from './minibatch-standard-deviation.ts'
import { PackSamples } from './pack-samples.ts'
import { PixelNormalization } from './pixel-normalization.ts'
import { SpectralConv2D } from './spectral-conv2d.ts'
import { SpectralDense } from './spectral-dense.ts'

type Vector = readonly number[]
type Matrix = readonly Vector[]
/** [batch][pixel][channel]: where pixels lie does not matter to most formulas. */
type Maps = readonly Matrix[]
type Layer = InstanceType<typeof layers.Layer>

interface LayerCase {
  readonly name: string
  readonly layer: Layer
  readonly inputs: readonly (readonly number[])[]
  /** Expected numbers, in float64, from the inputs' and the weights' own numbers. */
  readonly formula: (inputs: readonly Vector[], weights: Readonly<Record<string, Vector>>) => number[]
  readonly shape: readonly number[]
}

const range = (length: number) => Array.from({ length }, (_, index) => index)
const total = (values: Vector) => values.reduce((sum, value) => sum + value, 0)
const average = (values: Vector) => total(values) / values.length

/** Cuts numbers into rows of this length. */
function rows<Value>(values: readonly Value[], length: number): Value[][] {
  return range(values.length / length).map((row) => values.slice(row * length, (row + 1) * length))
}

const mapsOf = (values: Vector, pixels: number, channels: number): Maps => rows(rows(values, channels), pixels)

function mapped(
  maps: Maps,
  change: (value: number, channel: number, pixel: number, sample: number) => number,
): number[] {
  return maps.flatMap((pixels, sample) =>
    pixels.flatMap((values, pixel) => values.map((value, channel) => change(value, channel, pixel, sample))),
  )
}

/** Wu & He 2018, equations 1 to 3 and 7. */
const groupFormula =
  (pixels: number, channels: number, groups: number): LayerCase['formula'] =>
  ([x], { gamma, beta }) => {
    const maps = mapsOf(x!, pixels, channels)
    const groupOf = (channel: number) => Math.floor(channel / (channels / groups))
    return mapped(maps, (value, channel, _, sample) => {
      const others = maps[sample]!.flatMap((values) => values.filter((_, at) => groupOf(at) === groupOf(channel)))
      const mean = average(others)
      const variance = average(others.map((other) => (other - mean) ** 2))
      return (gamma![channel]! * (value - mean)) / Math.sqrt(variance + 1e-5) + beta![channel]!
    })
  }

/** uᵀWv and the power iteration of Miyato et al. 2018, equations 21 to 23; `weight` is W. */
function sigmaOf(weight: Matrix, u: Vector, v: Vector): number {
  return total(weight.map((row, output) => u[output]! * total(row.map((value, at) => value * v[at]!))))
}

/** W from a kernel whose last axis are the outputs. */
function weightOf(kernel: Vector, outputs: number): Matrix {
  return range(outputs).map((output) => kernel.filter((_, at) => at % outputs === output))
}

const cases: readonly LayerCase[] = [
  ...[1, 2, 6].map((groups) => ({
    name: `GroupNormalization of ${groups} groups`,
    layer: new GroupNormalization({ groups }),
    inputs: [[2, 2, 3, 6]],
    formula: groupFormula(6, 6, groups),
    shape: [2, 2, 3, 6],
  })),
  {
    name: 'GroupNormalization of vectors',
    layer: new GroupNormalization({ groups: 2 }),
    inputs: [[3, 8]],
    formula: groupFormula(1, 8, 2),
    shape: [3, 8],
  },
  {
    name: 'PixelNormalization',
    layer: new PixelNormalization({}),
    inputs: [[2, 2, 2, 3]],
    formula: ([x]) => {
      const maps = mapsOf(x!, 4, 3)
      const length = (values: Vector) => Math.sqrt(average(values.map((value) => value ** 2)) + 1e-8)
      return mapped(maps, (value, _, pixel, sample) => value / length(maps[sample]![pixel]!))
    },
    shape: [2, 2, 2, 3],
  },
  {
    name: 'ClassScale',
    layer: new ClassScale({}),
    inputs: [
      [2, 2, 1, 3],
      [2, 2],
    ],
    formula: ([x, labels], { gamma, beta }) => {
      const of = (table: Vector, sample: number, channel: number) =>
        total(range(2).map((label) => labels![sample * 2 + label]! * table[label * 3 + channel]!))
      return mapped(
        mapsOf(x!, 2, 3),
        (value, channel, _, sample) => value * (1 + of(gamma!, sample, channel)) + of(beta!, sample, channel),
      )
    },
    shape: [2, 2, 1, 3],
  },
  {
    name: 'PackSamples',
    layer: new PackSamples({ packing: 2 }),
    inputs: [[4, 1, 3, 2]],
    formula: ([x]) => {
      const maps = mapsOf(x!, 3, 2)
      return [0, 2].flatMap((sample) =>
        range(3).flatMap((pixel) => [...maps[sample]![pixel]!, ...maps[sample + 1]![pixel]!]),
      )
    },
    shape: [2, 1, 3, 4],
  },
  {
    name: 'PackSamples of points',
    layer: new PackSamples({ packing: 3 }),
    inputs: [[6, 2]],
    formula: ([x]) => [...x!],
    shape: [2, 6],
  },
  {
    name: 'GlobalSumPooling',
    layer: new GlobalSumPooling({}),
    inputs: [[2, 2, 3, 2]],
    formula: ([x]) =>
      mapsOf(x!, 6, 2).flatMap((pixels) => range(2).map((channel) => total(pixels.map((values) => values[channel]!)))),
    shape: [2, 2],
  },
  {
    name: 'MinibatchDiscrimination',
    layer: new MinibatchDiscrimination({ kernels: 3 }),
    inputs: [[4, 2]],
    formula: ([x], { kernel }) => {
      const features = rows(x!, 2)
      const compared = features.map((own) =>
        range(15).map((at) => total(own.map((value, place) => value * kernel![place * 15 + at]!))),
      )
      const closeness = (left: Vector, right: Vector, b: number) =>
        Math.exp(-total(range(5).map((at) => Math.abs(left[b * 5 + at]! - right[b * 5 + at]!))))
      return features.flatMap((own, sample) => [
        ...own,
        ...range(3).map((b) => total(compared.map((other) => closeness(compared[sample]!, other, b)))),
      ])
    },
    shape: [4, 5],
  },
  ...[
    [4, 1, 3, 2],
    [4, 2],
  ].map((input) => ({
    name: `MinibatchStandardDeviation of [${input}]`,
    layer: new MinibatchStandardDeviation({ size: 2 }),
    inputs: [input],
    formula: ([x]: readonly Vector[]) => {
      const samples = rows(x!, x!.length / 4)
      const spread = (group: readonly Vector[]) =>
        average(
          group[0]!.map((_, at) => {
            const values = group.map((own) => own[at]!)
            return Math.sqrt(average(values.map((value) => (value - average(values)) ** 2)) + 1e-8)
          }),
        )
      return samples.flatMap((own, sample) => {
        const deviation = spread([samples[sample % 2]!, samples[(sample % 2) + 2]!])
        return rows(own, 2).flatMap((pixel) => [...pixel, deviation])
      })
    },
    shape: [...input.slice(0, -1), 3],
  })),
  {
    name: 'SpectralDense',
    layer: new SpectralDense({ units: 3 }),
    inputs: [[2, 4]],
    formula: ([x], { kernel, bias, u, v }) => {
      const weight = weightOf(kernel!, 3)
      const sigma = sigmaOf(weight, u!, v!)
      return rows(x!, 4).flatMap((own) =>
        weight.map((row, output) => total(row.map((value, at) => value * own[at]!)) / sigma + bias![output]!),
      )
    },
    shape: [2, 3],
  },
  ...[1, 2].map((strides) => ({
    name: `SpectralConv2D of stride ${strides}`,
    layer: new SpectralConv2D({ filters: 3, kernelSize: 3, strides }),
    inputs: [[2, 4, 4, 2]],
    formula: ([x]: readonly Vector[], { kernel, bias, u, v }: Readonly<Record<string, Vector>>) => {
      const maps = rows(mapsOf(x!, 16, 2).flat(), 4)
      const sigma = sigmaOf(weightOf(kernel!, 3), u!, v!)
      // Padding 'same' of 4 pixels and 3 × 3 kernels: one on each side, or with stride 2 one at the end.
      const before = strides === 1 ? 1 : 0
      const side = range(4 / strides)
      return range(2).flatMap((sample) =>
        side.flatMap((top) =>
          side.flatMap((left) =>
            range(3).map((output) => {
              const products = range(18).map((at) => {
                const [down, across, channel] = [Math.floor(at / 6), Math.floor((at % 6) / 2), at % 2]
                const [row, column] = [top * strides + down - before, left * strides + across - before]
                const inside = row >= 0 && row < 4
                return inside ? (maps[sample * 4 + row]![column]?.[channel] ?? 0) * kernel![at * 3 + output]! : 0
              })
              return total(products) / sigma + bias![output]!
            }),
          ),
        ),
      )
    },
    shape: [2, 4 / strides, 4 / strides, 3],
  })),
]

const numbers = (value: { dataSync(): ArrayLike<number> }) => [...Array.from(value.dataSync())]
const drawn = (name: string, shape: readonly number[]) =>
  tensor(new RandomStream(3, name).fillNormal(new Float32Array(sizeOfShape(shape))), [...shape])

/** Gives every weight numbers of its own: at ones and zeros formulas agree that differ elsewhere. */
function redraw(layer: Layer): Record<string, number[]> {
  return Object.fromEntries(
    layer.weights.map((weight) => {
      const name = weight.originalName.split('/').at(-1)!
      weight.write(drawn(name, weight.shape as number[]))
      return [name, numbers(weight.read())]
    }),
  )
}

beforeAll(() => setBackend('cpu'))

describe.each(cases.map((own) => [own.name, own] as const))('%s', (_, { layer, inputs, formula, shape }) => {
  const tensors = inputs.map((input, index) => drawn(`input ${index}`, input))
  const given = tensors.length === 1 ? tensors[0]! : tensors
  const apply = (own: Layer) => own.apply(given, { training: false }) as Tensor

  it('computes its formula', () => {
    apply(layer)
    const weights = redraw(layer)
    const output = apply(layer)
    const expected = formula(tensors.map(numbers), weights)
    expect(output.shape).toEqual(shape)
    expect(expected.length).toBe(output.size)
    for (const [index, value] of numbers(output).entries()) {
      expect(Math.abs(value - expected[index]!)).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(expected[index]!)))
    }
  })

  it('says what shape comes out, and is made again from its configuration', () => {
    const shapes = inputs.map((input) => [null, ...input.slice(1)])
    const promised = layer.computeOutputShape(shapes.length === 1 ? shapes[0]! : shapes)
    expect(promised.slice(1)).toEqual(shape.slice(1))
    const Class = layer.constructor as unknown as { fromConfig: typeof serialization.Serializable.fromConfig }
    const again = Class.fromConfig(
      layer.constructor as serialization.SerializableConstructor<Layer>,
      layer.getConfig(),
    ) as Layer
    apply(again)
    redraw(again)
    expect(numbers(apply(again))).toEqual(numbers(apply(layer)))
  })
})

it('refuses groups of channels that are not equal', () => {
  expect(() => new GroupNormalization({ groups: 4 }).apply(drawn('x', [1, 6]))).toThrow(/6 channels.*4 equal groups/)
})
