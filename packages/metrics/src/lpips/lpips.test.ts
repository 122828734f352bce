import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { ndarray } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import golden from '../testing/goldens/lpips.json' with { type: 'json' }
import { gaussianAt, hashAt, proceduralImages } from '../testing/procedural.ts'
import { proceduralPerceptual } from '../testing/procedural-weights.ts'
import { expectWithin } from '../testing/within.ts'
import { knownWeights } from '../weights/known-weights.ts'
import { type FeatureMap, perceptualDistance } from './formula.ts'
import type { PerceptualNetwork } from './networks.ts'
import { createPerceptualDistance } from './perceptual-distance.ts'

describe('the formula', () => {
  const { seed0, channels, hw, expected, tolerance, probe } = golden.formula
  const side = (number: number) =>
    channels.map((count, layer): FeatureMap => {
      const [height, width] = hw[layer] as [number, number]
      const data = Float64Array.from({ length: count * height * width }, (_, index) =>
        layer === 0 && index % (height * width) === 0 ? 0 : Math.max(0, gaussianAt(seed0 + 10 * number + layer, index)),
      )
      return { channels: count, height, width, data }
    })
  const heads = channels.map((count, layer) =>
    Float64Array.from({ length: count }, (_, channel) => (hashAt(seed0 + 50 + layer, channel) >>> 24) / 256),
  )

  test('equals the reference', () => {
    expect([...heads[0]!.slice(0, 4)]).toEqual(probe.lin0)
    const { total, layers } = perceptualDistance(side(0), side(1), heads)
    expectWithin(total, expected.total, tolerance, 'total')
    for (const [layer, value] of expected.perLayer.entries())
      expectWithin(layers[layer]!, value, tolerance, `layer ${layer}`)
  })

  test('refuses maps of different sizes', () => {
    expect(() => perceptualDistance(side(0), side(1).reverse(), heads)).toThrowError(
      /layer 0 is \[64,7,7\].*\[256,3,3\]/,
    )
  })
})

const backend = createOnnxRuntimeInference({ device: 'cpu' })
const backboneOf = { vgg: 'vgg16', alex: 'alexnet', squeeze: 'squeezenet1_1' } as const

describe.each(golden.networks)('$net', ({ net, image, seed0, keys, expected, tolerance }) => {
  const network = net as PerceptualNetwork
  const images = proceduralImages(image)
  const half = images.data.length / 2
  const [, ...shape] = images.shape
  const [left, right] = [0, 1].map((index) =>
    ndarray('uint8', [1, ...shape], images.data.slice(index * half, (index + 1) * half)),
  )

  test('equals the reference', async () => {
    const tensors = proceduralPerceptual(keys as unknown as Record<string, number[]>, seed0)
    const [backbone, heads] = [backboneOf[network], `lpips-${network}`].map((name) => {
      const known = knownWeights.find((each) => each.name === name)!
      const named = [...tensors].map(([key, tensor]) => [known.canonicalName(key), tensor] as const)
      const needed = new Map(named.filter(([key]) => known.shapes.has(key)))
      expect([...needed].map(([key, tensor]) => [key, tensor.shape]).sort()).toEqual([...known.shapes].sort())
      return { tensors: needed, sha256: 'procedural', official: false }
    })
    const lpips = await createPerceptualDistance(backend, network, { backbone: backbone!, heads: heads! })
    const pair = await lpips.compare(
      ndarray('uint8', [2, ...shape], Uint8Array.from([...left!.data, ...left!.data])),
      ndarray('uint8', [2, ...shape], Uint8Array.from([...right!.data, ...left!.data])),
    )
    // The same pixels as generators make them; and a step too small for 8 bits, as of a path length.
    const signed = (bytes: typeof left, step = 0) =>
      ndarray(
        'float32',
        [1, ...shape],
        Float32Array.from(bytes!.data, (byte) => Math.fround(byte / 127.5) - 1 + step),
      )
    const unrounded = await lpips.compare(signed(left), signed(right))
    expectWithin(unrounded.distances[0]!, pair.distances[0]!, { rtol: 1e-6, atol: 0 }, 'float32 images')
    expect((await lpips.compare(signed(left), signed(left, 1e-3))).distances[0]).toBeGreaterThan(0)
    await expect(lpips.compare(left!, images)).rejects.toMatchObject({ code: 'IMAGES_DIFFER' })
    await lpips.dispose()
    if (process.env.GANTRY_PRINT_DIFFERENCES) console.log(net, pair.distances[0]! / expected.f64.total - 1)
    expectWithin(pair.distances[0]!, expected.f64.total, tolerance, 'total')
    for (const [layer, value] of expected.f64.perLayer.entries()) {
      expectWithin(pair.layers[layer]!, value, tolerance, `layer ${layer}`)
    }
    expect(pair.distances[1]).toBe(expected.f64.identical)
  })
})
