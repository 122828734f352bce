import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSlice } from '../shards/read-slice.ts'
import { indexTar } from './index-tar.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-tar-'))
})
afterEach(() => rm(root, { recursive: true }))

interface Header {
  readonly name: string
  readonly size: number
  readonly type?: string
  readonly prefix?: string
  /** Written in place of the octal size. */
  readonly binarySize?: number
}

/** A header block, field by field as POSIX.1-1988 (USTAR) lays it out. */
function header({ name, size, type = '0', prefix = '', binarySize }: Header): Buffer {
  const block = Buffer.alloc(512)
  block.write(name, 0)
  block.write(size.toString(8).padStart(11, '0'), 124)
  if (binarySize !== undefined) {
    block.fill(0, 124, 136)
    block[124] = 0x80
    block.writeBigUInt64BE(BigInt(binarySize), 128)
  }
  block.write('        ', 148)
  block.write(type, 156)
  block.write('ustar\x0000', 257)
  block.write(prefix, 345)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

const padded = (text: string) => Buffer.concat([Buffer.from(text), Buffer.alloc((512 - (text.length % 512)) % 512)])
const entry = (fields: Omit<Header, 'size'>, content: string) =>
  Buffer.concat([header({ ...fields, size: content.length }), padded(content)])

async function index(...blocks: Buffer[]) {
  const path = join(root, 'a.tar')
  await writeFile(path, Buffer.concat(blocks))
  const entries = await indexTar(path, 'a.tar')
  return Promise.all(
    entries.map(async (each) => [each.name, Buffer.from(await readSlice(path, each)).toString()] as const),
  )
}

const END = Buffer.alloc(1024)

describe('indexTar', () => {
  it('finds files and where their bytes are, and passes over the rest', async () => {
    const long = 'x'.repeat(1300)
    const files = [
      entry({ name: 'a.txt' }, 'hello'),
      entry({ name: 'folder/', type: '5' }, ''),
      entry({ name: 'link', type: '2' }, ''),
      entry({ name: 'empty' }, ''),
      entry({ name: 'c.txt', prefix: 'deep/down' }, long),
      entry({ name: 'd.txt', type: '\0' }, 'old'),
    ]
    expect(await index(...files, END, Buffer.alloc(300, 'rubbish'))).toEqual([
      ['a.txt', 'hello'],
      ['empty', ''],
      ['deep/down/c.txt', long],
      ['d.txt', 'old'],
    ])
  })

  it("reads GNU's and PAX's long names, each for the next file only", async () => {
    const name = `${'folder/'.repeat(30)}ü.png`
    const record = ` path=${name}\n`
    const length = Buffer.byteLength(record) + 3
    const content = `${length}${record}`
    const pax = Buffer.concat([
      header({ name: 'PaxHeader', size: Buffer.byteLength(content), type: 'x' }),
      padded(content).subarray(0, 512),
    ])
    expect(
      await index(
        entry({ name: '././@LongLink', type: 'L' }, `${'y'.repeat(600)}\0`),
        entry({ name: 'y' }, 'one'),
        entry({ name: 'short' }, 'two'),
        pax,
        entry({ name: 'cut' }, 'three'),
        entry({ name: 'global', type: 'g' }, '12 path=no\n'),
        entry({ name: 'last' }, 'four'),
        END,
      ),
    ).toEqual([
      ['y'.repeat(600), 'one'],
      ['short', 'two'],
      [name, 'three'],
      ['last', 'four'],
    ])
  })

  it('accepts an archive that ends without its blocks of zeros', async () => {
    expect(await index(entry({ name: 'a' }, 'hello'))).toEqual([['a', 'hello']])
    expect(await index()).toEqual([])
  })

  it('names a file that goes on after the end, of any size', async () => {
    await expect(index(header({ name: 'a', size: 513 }), Buffer.alloc(512))).rejects.toMatchObject({
      code: 'TAR_TRUNCATED',
      message: expect.stringContaining("its file 'a' goes up to byte 1025, but the archive has 1024"),
    })
    const huge = header({ name: 'a', size: 0, binarySize: 2 ** 40 })
    await expect(index(huge)).rejects.toThrow(`goes up to byte ${2 ** 40 + 512}`)
  })

  it.each([1, 300, 511])('names a header that breaks off after %d bytes', async (bytes) => {
    const whole = entry({ name: 'a' }, 'hello')
    await expect(index(whole, header({ name: 'b', size: 5 }).subarray(0, bytes))).rejects.toMatchObject({
      code: 'TAR_TRUNCATED',
      message: expect.stringContaining(
        `the header at byte 1024 goes up to byte 1536, but the archive has ${1024 + bytes}`,
      ),
    })
    expect(await index(whole, END.subarray(0, bytes))).toEqual([['a', 'hello']])
  })

  it('refuses a size that is no number', async () => {
    const pax = entry({ name: 'PaxHeader', type: 'x' }, '12 size=big\n')
    await expect(index(pax, entry({ name: 'a' }, 'hello'))).rejects.toThrow(/'a' goes up to byte NaN/)
  })

  it('names the place of a damaged header', async () => {
    const damaged = header({ name: 'b', size: 0 })
    damaged[0] = 0x63
    await expect(index(entry({ name: 'a' }, 'hello'), damaged)).rejects.toMatchObject({
      code: 'TAR_INVALID',
      message: expect.stringMatching(/^Byte 1024 of 'a\.tar' is no header of a tar archive: its bytes add up to \d+/),
    })
  })
})
