import { readFileSync } from 'node:fs'
import { float32, GantryError, type NDArray, ndarray, RandomStream } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import { encodeNpz } from '../formats/npz.ts'
import { readNetworkPickle } from './network-pickle.ts'
import { readWeights } from './read-weights.ts'

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`../testing/fixtures/${name}`, import.meta.url)))
const quarters = Float32Array.from({ length: 12 }, (_, index) => index / 4)

describe.each(['zip.pth', 'legacy.pth'])('%s', (name) => {
  const tensors = readWeights(fixture(name))
  const values = (key: string) => Array.from(tensors.get(key)!.data as Float32Array)

  test('floats, and views of them in other orders', () => {
    expect(tensors.get('conv.weight')).toEqual(ndarray('float32', [3, 4], quarters))
    expect(tensors.get('conv.transposed')?.shape).toEqual([4, 3])
    expect(values('conv.transposed')).toEqual([0, 1, 2, 0.25, 1.25, 2.25, 0.5, 1.5, 2.5, 0.75, 1.75, 2.75])
    expect(values('conv.every_second')).toEqual([1, 3, 5, 7, 9, 11])
    expect(tensors.get('conv.expanded')).toEqual(float32([2, 3], [5, 5, 5, 5, 5, 5]))
    expect(tensors.get('scalar')).toEqual(float32([], [2.5]))
    expect(tensors.get('empty')).toEqual(float32([0, 3], []))
    expect(tensors.get('parameter')).toEqual(float32([2], [1, 1]))
  })

  test('other types', () => {
    expect(values('half')).toEqual([1, -2.5, 65504, 1023 * 2 ** -24, 2 ** -24, Number.POSITIVE_INFINITY])
    expect(values('brain').slice(0, 2)).toEqual([1, -2.5])
    expect(values('brain')[2]).toBeCloseTo(3.3895e38, -36)
    expect(tensors.get('double')).toEqual(ndarray('float64', [1], Float64Array.of(1 / 3)))
    expect(tensors.get('long')).toEqual(ndarray('int64', [2], BigInt64Array.of(-1n, 2n ** 40n)))
    for (const [key, value] of [
      ['int', -7],
      ['short', -300],
      ['char', -3],
    ] as const) {
      expect(tensors.get(key)).toEqual(ndarray('int32', [1], Int32Array.of(value)))
    }
    expect(tensors.get('byte')).toEqual(ndarray('uint8', [1], Uint8Array.of(250)))
    expect(tensors.get('bool')).toEqual(ndarray('bool', [2], Uint8Array.of(1, 0)))
  })

  test('is refused where it was cut', () => {
    const bytes = fixture(name)
    for (const kept of [10, 20, 300, Math.floor(bytes.length / 2), bytes.length - 30]) {
      expect(() => readWeights(bytes.slice(0, kept)), `${kept} bytes`).toThrowError(
        expect.objectContaining({ code: 'WEIGHTS_TRUNCATED' }),
      )
    }
  })
})

test.each(['nested.pth', 'nested-legacy.pth'])('%s: the state dict among other things', (name) => {
  const tensors = readWeights(fixture(name))
  expect([...tensors.keys()].slice(0, 3)).toEqual(['0.weight', '0.bias', '1.weight'])
  expect(tensors.get('1.running_var')).toEqual(float32([2], [5, 5]))
  expect(tensors.get('1.num_batches_tracked')?.dtype).toBe('int64')
})

test('numbers of a big-endian machine', () => {
  expect(readWeights(fixture('big-endian.pth')).get('weight')).toEqual(
    ndarray(
      'float32',
      [12],
      Float32Array.from({ length: 12 }, (_, index) => index),
    ),
  )
})

test('.npz, compressed or not', () => {
  const compressed = readWeights(fixture('numpy.npz'))
  expect(compressed.get('conv.weight')).toEqual(ndarray('float32', [3, 4], quarters))
  expect(readWeights(encodeNpz({ 'a.b': float32([2], [1, 2]) })).get('a.b')).toEqual(float32([2], [1, 2]))
})

describe('.safetensors', () => {
  const encode = (header: unknown, data: readonly number[]) => {
    const text = new TextEncoder().encode(JSON.stringify(header))
    const bytes = new Uint8Array(8 + text.length + data.length)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
    bytes.set(text, 8)
    bytes.set(data, 8 + text.length)
    return bytes
  }
  const header = {
    __metadata__: { format: 'pt' },
    half: { dtype: 'F16', shape: [2, 1], data_offsets: [0, 4] },
    byte: { dtype: 'U8', shape: [], data_offsets: [4, 5] },
    long: { dtype: 'I64', shape: [1], data_offsets: [5, 13] },
  }
  const data = [0x00, 0x3c, 0x00, 0xc0, 9, 254, 255, 255, 255, 255, 255, 255, 255]

  test('tensors', () => {
    const expected = new Map<string, NDArray>([
      ['half', float32([2, 1], [1, -2])],
      ['byte', ndarray('uint8', [], Uint8Array.of(9))],
      ['long', ndarray('int64', [1], BigInt64Array.of(-2n))],
    ])
    expect(readWeights(encode(header, data))).toEqual(expected)
  })

  test('is refused where it was cut or contradicts itself', () => {
    const code = (bytes: Uint8Array, expected: string) =>
      expect(() => readWeights(bytes)).toThrowError(expect.objectContaining({ code: expected }))
    code(encode(header, data.slice(0, 7)), 'WEIGHTS_TRUNCATED')
    code(encode(header, data).slice(0, 40), 'WEIGHTS_TRUNCATED')
    code(encode({ half: { dtype: 'F16', shape: [3], data_offsets: [0, 4] } }, data), 'WEIGHTS_INVALID')
    code(encode({ small: { dtype: 'F8_E4M3', shape: [4], data_offsets: [0, 4] } }, data), 'WEIGHTS_INVALID')
  })
})

describe('nothing is executed', () => {
  test.each([
    ['malicious.pth', 'posix.system'],
    ['malicious-legacy.pth', 'posix.system'],
    ['malicious.pkl', 'posix.system'],
    ['whole-module.pth', 'torch.nn.modules.container.Sequential'],
  ])('%s is refused by name', (name, called) => {
    expect(() => readWeights(fixture(name))).toThrowError(
      expect.objectContaining({
        code: 'PICKLE_UNSAFE',
        message: expect.stringContaining(`wants to execute code: its pickle calls '${called}'`),
      }),
    )
  })

  test('not even what tensors are made by can be called with other things', () => {
    // c torch._utils._rebuild_tensor_v2, ( 'x' t R .
    const bytes = new TextEncoder().encode("\x80ctorch._utils\n_rebuild_tensor_v2\n(S'x'\ntR.")
    const pickle = Uint8Array.of(0x80, 2, ...bytes.slice(2))
    expect(() => readWeights(pickle)).toThrowError(expect.objectContaining({ code: 'PICKLE_UNSAFE' }))
  })
})

test('what lies too deep is refused, whoever reads it', () => {
  const nested = (levels: number) => `${"}S'a'\n".repeat(levels)}N${'s'.repeat(levels)}.`
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
  const tooDeep = expect.objectContaining({ code: 'WEIGHTS_INVALID', message: expect.stringMatching(/levels deep/) })
  expect(() => readNetworkPickle(bytes(`\x80\x02${nested(50_000)}`))).toThrow(tooDeep)
  expect(() => readNetworkPickle(bytes(`\x80\x02${nested(50)}`))).not.toThrow()
  // Before 1.6: a magic number, a version, the platform, the object, and no storage.
  const [magic, ...others] = ['\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.', 'M\xe9\x03.', '}.', nested(50_000), '].']
  const legacy = [magic, ...others].map((pickle) => `\x80\x02${pickle}`).join('')
  expect(() => readWeights(bytes(legacy))).toThrow(tooDeep)
})

test('TorchScript, and files of other kinds', () => {
  expect(() => readWeights(fixture('torchscript.pt'))).toThrowError(/TorchScript program, not a state dict/)
  expect(() => readWeights(new TextEncoder().encode('<!DOCTYPE html><html><body>Not found'))).toThrowError(
    /Was a web page saved/,
  )
})

test('damaged files of every kind are refused by an error that says so', () => {
  const names = [
    'zip.pth',
    'legacy.pth',
    'nested.pth',
    'nested-legacy.pth',
    'malicious.pkl',
    'numpy.npz',
    'big-endian.pth',
  ]
  const random = new RandomStream(1, 'damage')
  for (const name of names) {
    const intact = fixture(name)
    for (let round = 0; round < 1000; round++) {
      const bytes = intact.slice()
      for (let change = 0; change <= round % 4; change++) bytes[random.integer(bytes.length)] = random.integer(256)
      try {
        readWeights(bytes)
      } catch (error) {
        if (!GantryError.isInstance(error)) throw new Error(`${name}, round ${round}`, { cause: error })
      }
    }
  }
})
