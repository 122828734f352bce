import { float32, ndarray } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import files from '../testing/goldens/numpy-files.json' with { type: 'json' }
import { decodeNpy, encodeNpy } from './npy.ts'
import { decodeNpz, encodeNpz } from './npz.ts'

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'))
const counted = Float64Array.of(0, 1, 2, 3, 4, 5)
const matrix = ndarray('float64', [2, 3], counted)

describe('npy', () => {
  test('reads what numpy wrote: C order, Fortran order, big-endian, a scalar', () => {
    expect(decodeNpy(bytesOf(files.float64))).toEqual(matrix)
    expect(decodeNpy(bytesOf(files.float32Fortran))).toEqual(float32([2, 3], counted))
    expect(decodeNpy(bytesOf(files.float64BigEndian))).toEqual(matrix)
    expect(decodeNpy(bytesOf(files.int64Scalar))).toEqual(ndarray('int64', [], BigInt64Array.of(7n)))
  })

  test('writes the bytes that numpy writes', () => {
    expect(encodeNpy(matrix)).toEqual(bytesOf(files.float64))
  })

  test('reads back every dtype and rank', () => {
    for (const array of [
      ndarray('uint8', [3], Uint8Array.of(1, 2, 255)),
      ndarray('bool', [1, 2], Uint8Array.of(1, 0)),
      ndarray('int32', [2, 1, 1], Int32Array.of(-1, 5)),
      float32([0, 4], []),
    ]) {
      expect(decodeNpy(encodeNpy(array))).toEqual(array)
    }
  })

  test('refuses what it cannot read, by name', () => {
    expect(() => decodeNpy(bytesOf(files.float16), 'mu')).toThrow(/^mu has elements .*<f2.*Save it as one of: float32/)
    expect(() => decodeNpy(bytesOf(files.float64).subarray(0, 170), 'mu')).toThrow(
      'mu is not a numpy array that Gantry can read: float64[2,3] needs 48 bytes but 42 follow its header.',
    )
    expect(() => decodeNpy(new Uint8Array(20))).toThrow('it does not start like one')
    expect(() => decodeNpy(bytesOf(files.float64).subarray(0, 60))).toThrow('its header is cut off')
  })
})

describe('npz', () => {
  test.each(['savez', 'savezCompressed'] as const)('reads numpy’s %s', (kind) => {
    expect(decodeNpz(bytesOf(files[kind]))).toEqual({ mu: ndarray('float64', [3], counted.slice(0, 3)), sigma: matrix })
    expect(Object.keys(decodeNpz(bytesOf(files[kind]), { names: ['sigma'] }))).toEqual(['sigma'])
  })

  test('reads back what it wrote, and writes equal bytes for equal arrays', () => {
    const arrays = { mu: float32([2], [1, 2]), sigma: matrix }
    for (const compress of [false, true]) expect(decodeNpz(encodeNpz(arrays, { compress }))).toEqual(arrays)
    expect(encodeNpz(arrays)).toEqual(encodeNpz(arrays))
  })

  test('says what is missing', () => {
    expect(() => decodeNpz(bytesOf(files.savez), { owner: 'a.npz', names: ['mu', 'cov'] })).toThrow(
      "a.npz has no array 'cov', only: mu, sigma.",
    )
    expect(() => decodeNpz(bytesOf(files.savez).subarray(0, 300), { owner: 'a.npz' })).toThrow('a.npz is not an .npz')
  })
})
