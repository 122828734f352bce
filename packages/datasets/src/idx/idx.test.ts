import { gzipSync } from 'node:zlib'
import { DataError } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { gunzip } from './gunzip.ts'
import { parseIdx } from './idx.ts'

const file = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255)

describe('parseIdx', () => {
  it('reads shape and bytes without copying', () => {
    const padded = Uint8Array.of(9, 9, 9, ...file)
    const { shape, data } = parseIdx(padded.subarray(3), 'a')
    expect(shape).toEqual([2, 3])
    expect([...data]).toEqual([1, 2, 3, 4, 5, 255])
    expect(data.buffer).toBe(padded.buffer)
  })

  it('reads gzipped files once they are unpacked', () => {
    expect([...parseIdx(gunzip(gzipSync(file), 'a.gz'), 'a.gz').data]).toEqual([1, 2, 3, 4, 5, 255])
    expect(gunzip(file, 'a')).toBe(file)
  })

  it.each([
    [
      'text',
      new TextEncoder().encode('<html>404</html>'),
      'IDX_INVALID',
      "'f' is no IDX file: it starts with 3c 68 74 6d",
    ],
    ['no dimension', Uint8Array.of(0, 0, 8, 0), 'IDX_INVALID', 'instead of 00 00 08 0n'],
    ['floats', Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 0), 'IDX_TYPE_UNSUPPORTED', 'IDX type 0d'],
    ['nothing', new Uint8Array(), 'IDX_TRUNCATED', 'at least 4 bytes but has 0 bytes'],
    ['half a header', file.subarray(0, 9), 'IDX_TRUNCATED', 'a header of 12 bytes but has 9 bytes'],
    ['missing elements', file.subarray(0, 17), 'IDX_TRUNCATED', '18 bytes for the shape [2,3] but has 17 bytes'],
    ['a shape beyond all memory', Uint8Array.of(0, 0, 8, 2, ...Array(8).fill(255)), 'IDX_TRUNCATED', 'truncated'],
    [
      'bytes after the end',
      Uint8Array.of(...file, 7),
      'IDX_INVALID',
      'should end after 18 bytes (shape [2,3]) but has 19',
    ],
    ['half a gzip file', gzipSync(file).subarray(0, 20), 'IDX_TRUNCATED', 'its 20 bytes are truncated or damaged'],
    ['gzipped text', gzipSync('hello'), 'IDX_INVALID', 'starts with 68 65 6c 6c'],
  ])('refuses %s', (_, bytes, code, message) => {
    const parse = () => parseIdx(gunzip(bytes, 'f'), 'f')
    expect(parse).toThrow(DataError)
    expect(parse).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }))
  })
})
