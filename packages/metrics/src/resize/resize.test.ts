import { describe, expect, test } from 'vitest'
import golden from '../testing/goldens/resize.json' with { type: 'json' }
import { proceduralImages, shortHash } from '../testing/procedural.ts'
import { type Resizer, resizeImages } from './resize-images.ts'
import { resizePilUint8 } from './resize-pil-uint8.ts'

const resizerOf: Record<string, Resizer | 'pil-uint8'> = {
  tf1_bilinear_torch_fidelity: 'tf1-bilinear',
  pil_bicubic_float_clean_fid: 'pil-bicubic',
  pil_bicubic_uint8_quantized: 'pil-uint8',
  halfpixel_bilinear_legacy_pytorch: 'half-pixel-bilinear',
}

function statistics(values: ArrayLike<number>) {
  const count = values.length
  let [sum, weighted, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let index = 0; index < count; index++) {
    const value = values[index]!
    sum += value
    weighted += value * ((index % 97) + 1)
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  let squares = 0
  for (let index = 0; index < count; index++) squares += (values[index]! - sum / count) ** 2
  return { count, mean: sum / count, std: Math.sqrt(squares / count), min, max, wmean: weighted / count }
}

describe.each(golden)('$name to 299 × 299', ({ image, imageProbe, out, expected }) => {
  const images = proceduralImages(image)
  const size: [number, number] = [out[0]!, out[1]!]

  test('starts from the recorded image', () => expect(shortHash(images.data)).toBe(imageProbe.sha))

  test.each(Object.entries(expected))('%s', (name, { stats, probes_y_x_c_value, tolerance }) => {
    const resizer = resizerOf[name]!
    const { data } = resizer === 'pil-uint8' ? resizePilUint8(images, size) : resizeImages(images, size, resizer)
    const own = statistics(data)
    expect(own.count).toBe(stats.count)
    for (const [y, x, channel, value] of probes_y_x_c_value as [number, number, number, number][]) {
      const difference = Math.abs(data[(y * size[1] + x) * 3 + channel]! - value)
      expect(difference, `pixel ${y}, ${x}, ${channel}`).toBeLessThanOrEqual(tolerance.probe_atol)
    }
    for (const key of ['mean', 'std', 'min', 'max'] as const) {
      expect(Math.abs(own[key] - stats[key]), key).toBeLessThanOrEqual(tolerance.mean_std_atol)
    }
    expect(Math.abs(own.wmean - stats.wmean), 'weighted mean').toBeLessThanOrEqual(tolerance.wmean_atol)
  })
})

test('an image that has the size already stays as it is', () => {
  const images = proceduralImages({ seed: 1, N: 2, H: 12, W: 9, C: 1 })
  expect(resizePilUint8(images, [12, 9]).data).toEqual(images.data)
  for (const resizer of ['tf1-bilinear', 'pil-bicubic', 'half-pixel-bilinear'] as const) {
    expect(resizeImages(images, [12, 9], resizer).data).toEqual(Float32Array.from(images.data))
  }
})
