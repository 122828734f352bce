import { describe, expect, it } from 'vitest'
import type { State } from './model.ts'
import { float32, ndarray } from './ndarray.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'

const tensors: State = {
  kernel: float32([2, 3], [1, -2, 3, 0.5, Number.MAX_VALUE, 0]),
  steps: ndarray('int64', [], BigInt64Array.of(-(2n ** 40n))),
  labels: ndarray('int32', [3], Int32Array.of(1, -1, 7)),
  bytes: ndarray('uint8', [1], Uint8Array.of(255)),
  flags: ndarray('bool', [5], Uint8Array.of(1, 0, 0, 1, 1)),
  moments: ndarray('float64', [1], Float64Array.of(Math.PI)),
  empty: ndarray('float32', [0, 4]),
}
const metadata = { step: '12', name: 'größe' }

describe('safetensors', () => {
  it('reads back what it wrote, for every dtype', () => {
    expect(decodeSafetensors(encodeSafetensors({ tensors, metadata }))).toEqual({ tensors, metadata })
    expect(decodeSafetensors(encodeSafetensors({ tensors: {}, metadata: {} }))).toEqual({ tensors: {}, metadata: {} })
  })

  it('writes the bytes that the reference library writes', () => {
    // safetensors 0.4.5: safetensors.numpy.save({'b': np.array([1, 2], np.float32), 'a': np.array([True])}, {'k': 'v'})
    const header =
      '{"__metadata__":{"k":"v"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"BOOL","shape":[1],"data_offsets":[8,9]}}'
    const file = encodeSafetensors({
      tensors: { a: ndarray('bool', [1], Uint8Array.of(1)), b: float32([2], [1, 2]) },
      metadata: { k: 'v' },
    })
    const length = Math.ceil(header.length / 8) * 8
    const expected = Buffer.concat([
      Buffer.from(BigUint64Array.of(BigInt(length)).buffer),
      Buffer.from(header.padEnd(length)),
      Buffer.from(Float32Array.of(1, 2).buffer),
      Buffer.of(1),
    ])
    expect(Buffer.from(file)).toEqual(expected)
  })

  it('refuses a file that was cut anywhere', () => {
    const file = encodeSafetensors({ tensors, metadata })
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeSafetensors(file.subarray(0, length), 'it')).toThrow(/^it is truncated: it has \d+ bytes but/)
    }
  })

  it('takes any name for a tensor', () => {
    const named = ['__proto__', 'constructor', 'toString', '', 'a\u0000b'].map((name, index) => [
      name,
      float32([1], [index]),
    ])
    const file = encodeSafetensors({
      tensors: Object.fromEntries(named),
      metadata: Object.fromEntries([['__proto__', 'x']]),
    })
    const decoded = decodeSafetensors(file)
    expect(Object.entries(decoded.tensors).sort()).toEqual([...named].sort())
    expect(Object.entries(decoded.metadata)).toEqual([['__proto__', 'x']])
  })

  const withHeader = (header: unknown, data = new Uint8Array(8)) => {
    const text = new TextEncoder().encode(JSON.stringify(header))
    return Buffer.concat([Buffer.from(BigUint64Array.of(BigInt(text.length)).buffer), text, data])
  }

  it.each([
    ['before', { empty: [0, 0], full: [0, 8] }],
    ['after', { full: [0, 8], empty: [0, 0] }],
    ['at the end', { empty: [8, 8], full: [0, 8] }],
  ])('reads an empty tensor listed %s one that starts at the same byte', (_, places) => {
    const entries = Object.entries(places).map(([name, offsets]) => {
      return [name, { dtype: 'F32', shape: name === 'empty' ? [0, 3] : [2], data_offsets: offsets }]
    })
    const { tensors } = decodeSafetensors(withHeader(Object.fromEntries(entries)))
    expect(tensors.empty).toEqual(float32([0, 3], []))
    expect(tensors.full!.shape).toEqual([2])
  })

  it.each([
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n and so on'), /first 8 bytes are no header length/],
    ['another header', Buffer.concat([Buffer.of(4, 0, 0, 0, 0, 0, 0, 0), Buffer.from('nope')]), /header is not JSON/],
    ['a list', withHeader([1]), /no JSON object/],
    ['a foreign dtype', withHeader({ x: { dtype: 'F8_E4M3', shape: [8], data_offsets: [0, 8] } }), /dtype 'F8_E4M3'/],
    ['no dtype', withHeader({ x: null }), /no dtype, shape and place of 'x'/],
    [
      'lengths below zero',
      withHeader({ x: { dtype: 'F32', shape: [-1, -2], data_offsets: [0, 8] } }),
      /no dtype, shape/,
    ],
    ['no places', withHeader({ x: { dtype: 'F32', shape: [2], data_offsets: [0] } }), /no dtype, shape and place/],
    ['metadata that are no text', withHeader({ __metadata__: { k: 1 } }, Buffer.of()), /'k' are no text/],
    ['a header of 2 GB', Buffer.of(0, 0, 0, 0x80, 0, 0, 0, 0, 0x7b), /no header length/],
    [
      'a shape of 2⁶² elements',
      withHeader({ x: { dtype: 'U8', shape: [2 ** 31, 2 ** 31], data_offsets: [0, 8] } }),
      /needs bytes 0 to/,
    ],
    ['a wrong length', withHeader({ x: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } }), /needs bytes 0 to 12/],
    ['bytes left over', withHeader({ x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }), /4 bytes after/],
  ])('refuses %s', (_, file, message) => {
    expect(() => decodeSafetensors(file)).toThrow(message)
  })
})
