import { expect, test } from 'vitest'
import { decodeStatistics, encodeStatistics } from './statistics-file.ts'

const statistics = { mean: Float64Array.of(1, 2), covariance: Float64Array.of(1, 0, 0, 1), count: 9 }

test('files keep the protocol of the features, and need none', () => {
  const protocol = { extractor: 'pixels', weights: 'none', resizer: 'none', layer: 'pixels', quantisation: '·' }
  for (const format of ['npz', 'safetensors'] as const) {
    expect(decodeStatistics(encodeStatistics({ ...statistics, protocol }, format))).toEqual({ ...statistics, protocol })
    expect(decodeStatistics(encodeStatistics(statistics, format))).toEqual(statistics)
  }
})
