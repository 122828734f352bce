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
  readonly target?: string
  /** Of old GNU sparse files: blocks of their map follow. */
  readonly hasMap?: boolean
  /** Written in place of the octal size. */
  readonly binarySize?: number
}

/** A header block, field by field as POSIX.1-1988 (USTAR) lays it out. */
function header({ name, size, type = '0', prefix = '', target = '', hasMap, binarySize }: Header): Buffer {
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
  block.write(target, 157)
  if (hasMap) block[482] = 1
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

const padded = (text: string) => Buffer.concat([Buffer.from(text), Buffer.alloc((512 - (text.length % 512)) % 512)])
const entry = (fields: Omit<Header, 'size'>, content: string) =>
  Buffer.concat([header({ ...fields, size: content.length }), padded(content)])

let leftOut: string[]
async function index(...blocks: Buffer[]) {
  const path = join(root, 'a.tar')
  await writeFile(path, Buffer.concat(blocks))
  leftOut = []
  const entries = await indexTar(path, 'a.tar', { onLeftOut: (name, reason) => leftOut.push(`${name} ${reason}`) })
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
    expect(leftOut).toEqual([expect.stringMatching(/^a\.tar has no mark at its end: it may have been cut off/)])
    expect(await index()).toEqual([])
    expect(leftOut).toEqual([])
  })

  it('reads on where another archive follows, and names what is none', async () => {
    const [a, b] = [entry({ name: 'a' }, 'one'), entry({ name: 'b' }, 'two')]
    expect(await index(a, END, b, END)).toEqual([
      ['a', 'one'],
      ['b', 'two'],
    ])
    expect(leftOut).toEqual([])
    await index(a, END, Buffer.alloc(1300, 'x'), b, END)
    expect(leftOut).toEqual([expect.stringMatching(/^a\.tar has \d+ bytes behind its end that are no archive$/)])
    await expect(index(a, END, b.subarray(0, 512))).rejects.toMatchObject({ code: 'TAR_TRUNCATED' })
  })

  it('takes links for the files of the archive that they name, and never for others', async () => {
    const link = (name: string, target: string, type = '2') => header({ name, size: 0, type, target })
    const found = await index(
      link('early', 'in/a'),
      entry({ name: 'in/a' }, 'one'),
      link('hard', './in/a', '1'),
      link('in/soft', '../hard'),
      link('out', '/etc/hostname'),
      link('up', '../../etc/hostname'),
      link('round', 'ring'),
      link('ring', 'round'),
      END,
    )
    expect(found).toEqual(['early', 'in/a', 'hard', 'in/soft'].map((name) => [name, 'one']))
    expect(leftOut.map((text) => text.split(',')[0])).toEqual([
      "out is a link to '/etc/hostname'",
      "up is a link to '../../etc/hostname'",
      "round is a link to 'ring'",
      "ring is a link to 'round'",
    ])
  })

  it('names what it cannot read: sparse files and parts of others', async () => {
    const map = Buffer.alloc(1024)
    map[504] = 1
    const record = '22 GNU.sparse.major=1\n'
    const found = await index(
      header({ name: 'old', size: 5, type: 'S', hasMap: true }),
      map,
      padded('holes'),
      entry({ name: 'PaxHeader', type: 'x' }, record),
      entry({ name: 'new' }, 'holes'),
      entry({ name: 'part', type: 'M' }, 'rest'),
      entry({ name: 'a' }, 'one'),
      END,
    )
    expect(found).toEqual([['a', 'one']])
    expect(leftOut).toEqual([
      'old is stored as a sparse file',
      'new is stored as a sparse file',
      'part goes on from another archive',
    ])
  })

  it('refuses descriptions that are damaged, or too long to be any', async () => {
    const pax = (text: string) => index(entry({ name: 'PaxHeader', type: 'x' }, text), END)
    await expect(pax('99 path=a\n')).rejects.toMatchObject({ code: 'TAR_INVALID' })
    await expect(pax('path')).rejects.toThrow("Byte 0 of 'a.tar' has damaged PAX records: that at byte 0 of them")
    const long = entry({ name: 'L', type: 'L' }, 'x'.repeat(2 ** 20 + 1))
    await expect(index(long, END)).rejects.toThrow(/describes a file in 1048577 bytes/)
  })

  it('accepts the sums of bytes with a sign, which old systems wrote', async () => {
    const block = header({ name: 'ü', size: 0 })
    const sum = block.reduce(
      (total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte < 128 ? byte : byte - 256),
      0,
    )
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    expect(await index(block, END)).toEqual([['ü', '']])
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
