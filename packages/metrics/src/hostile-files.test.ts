import { readFileSync } from 'node:fs'
import { float32 } from '@gantry/core'
import { expectClearRefusals } from '@gantry/files/testing'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { encodeNpy } from './formats/npy.ts'
import { decodeNpz, encodeNpz } from './formats/npz.ts'
import { decodeStatistics, encodeStatistics } from './statistics/statistics-file.ts'
import { readWeights } from './weights/read-weights.ts'

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`./testing/fixtures/${name}`, import.meta.url)))

describe('damaged and hostile files are read, or refused clearly', () => {
  it('statistics in .npz', async () => {
    const protocol = { extractor: 'pixels' }
    const statistics = { mean: Float64Array.of(1, 2), covariance: Float64Array.of(2, 1, 1, 2), count: 9, protocol }
    const packed = encodeNpz({ mu: float32([2], [1, 2]), sigma: float32([2, 2], [2, 1, 1, 2]) }, { compress: true })
    await expectClearRefusals('npz', [encodeStatistics(statistics, 'npz'), packed], async (bytes) =>
      decodeStatistics(bytes),
    )
  })

  it('checkpoints and other pickles', async () => {
    const files = ['zip.pth', 'legacy.pth', 'nested.pth', 'nested-legacy.pth', 'big-endian.pth', 'numpy.npz'].map(
      fixture,
    )
    await expectClearRefusals('weights', files, async (bytes) => readWeights(bytes))
  })
})

describe('bombs and absurd shapes', () => {
  it('refuses arrays that unpack to more than memory holds', () => {
    const bomb = Buffer.from(encodeNpz({ mu: float32([64], new Array(64).fill(0)) }, { compress: true }))
    // What the directory of the archive says of its only file: four bytes of what it unpacks to.
    const entry = bomb.indexOf('PK\x01\x02')
    bomb.writeUInt32LE(2 ** 31, entry + 24)
    expect(() => decodeNpz(bomb)).toThrow(expect.objectContaining({ code: 'NPZ_BOMB' }))
  })

  it('refuses shapes of more elements than there are bytes, without making room for them', () => {
    const array = new TextDecoder('latin1').decode(encodeNpy(float32([2], [1, 2])))
    const huge = Buffer.from(array.replace('(2,), }    ', '(999999999,)}'), 'latin1')
    const file = zipSync({ 'mu.npy': huge, 'sigma.npy': huge })
    expect(() => decodeStatistics(file)).toThrow(expect.objectContaining({ code: 'NPY_INVALID' }))
  })

  it('takes names of JavaScript for names', () => {
    const arrays = Object.fromEntries(['__proto__', 'constructor', 'toString'].map((name) => [name, float32([1], [1])]))
    expect(Object.keys(decodeNpz(encodeNpz(arrays))).sort()).toEqual(['__proto__', 'constructor', 'toString'])
    expect(() => decodeStatistics(encodeNpz(arrays))).toThrow(/'mu' should be floats of rank 1 but is missing/)
  })
})
