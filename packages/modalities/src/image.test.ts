import { float32, imageField, labelField, ndarray, type Port } from '@gantry/core'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { image } from './image.ts'
import type { FileReader } from './modality.ts'
import { partsOf } from './parts-of.ts'
import { encodePng } from './png.ts'
import { pixels } from './testing/pixels.ts'

const grey = imageField([1, 2, 1])
const files = (bytes: Uint8Array | Promise<Uint8Array>): FileReader => ({ read: async () => bytes })
const raw = (channels: 1 | 2 | 3 | 4, ...bytes: number[]) =>
  sharp(Uint8Array.from(bytes), { raw: { width: bytes.length / channels, height: 1, channels } })

describe('images', () => {
  it('are shown as a grid', async () => {
    const { extension, bytes } = await image.show!({ samples: { field: grey, values: float32([1, 1, 2, 1], [1, 0]) } })
    expect(extension).toBe('png')
    const { width, at } = await pixels(bytes)
    expect([width, at(2, 2), at(3, 2)]).toEqual([6, [255], [128]])
  })

  it('are shown after what they were made from, and before what they should be', async () => {
    const shown = (value: number) => ({ field: imageField([1, 1, 1]), values: float32([1, 1, 1, 1], [value]) })
    const labels = { field: labelField(['a']), values: ndarray('int32', [1]) }
    const { bytes } = await image.show!({ output: shown(0) }, { output: shown(1), labels, input: shown(-1) })
    const { width, at } = await pixels(bytes)
    expect([width, at(2, 2), at(5, 2), at(8, 2)]).toEqual([11, [0], [128], [255]])
  })

  it('are each a picture of their own', async () => {
    const field = { ...grey, dtype: 'uint8', range: [0, 255] } as const
    const samples = { field, values: ndarray('uint8', [2, 1, 2, 1], Uint8Array.from([1, 2, 3, 4])) }
    const one = await pixels((await image.showOne!({ samples }, 1)).bytes)
    expect([one.width, one.height, one.at(0, 0), one.at(1, 0)]).toEqual([2, 1, [3], [4]])
    const both = await pixels((await image.showOne!({ samples, masks: samples }, 1)).bytes)
    expect([both.width, both.at(2, 2), both.at(7, 2)]).toEqual([10, [3], [4]])
  })

  it('are shown by what they are among other outputs', async () => {
    const score: Port = { modality: 'number', dtype: 'float32', shape: [] }
    const values = {
      score: float32([1], [3]),
      samples: float32([1, 1, 2, 1], [1, 0]),
      mask: float32([1, 1, 2, 1], [0, 1]),
    }
    const groups = partsOf({ samples: grey, score, mask: grey }, values)
    expect(groups.map(({ modality, parts }) => [modality.name, Object.keys(parts)])).toEqual([
      ['image', ['samples', 'mask']],
      ['number', ['score']],
    ])
    expect(groups[1]!.parts.score).toEqual({ field: score, values: values.score })
  })
})

describe('image files', () => {
  it('are read at the size and in the range of the field', async () => {
    const png = await encodePng({ width: 2, height: 1, channels: 1, data: Uint8Array.from([0, 255]) })
    expect(await image.parse!(grey, 'a.png', files(png))).toEqual(float32([1, 1, 2, 1], [-1, 1]))
    const bytes = { ...grey, dtype: 'uint8', range: [0, 255] } as const
    expect(await image.parse!(bytes, 'a.png', files(png))).toEqual(
      ndarray('uint8', [1, 1, 2, 1], Uint8Array.from([0, 255])),
    )
  })

  it.each([
    ['grey as colours', 3, raw(1, 51, 255).toColourspace('b-w'), [51, 51, 51, 255, 255, 255]],
    ['colours as grey', 1, raw(3, 255, 255, 255, 255, 0, 0), [255, 54]],
    ['16 bits', 1, raw(1, 51, 255).toColourspace('grey16'), [51, 255]],
    ['a palette', 3, raw(3, 255, 0, 0, 0, 0, 255), [255, 0, 0, 0, 0, 255]],
    ['transparency on white', 3, raw(4, 255, 0, 0, 255, 9, 9, 9, 0), [255, 0, 0, 255, 255, 255]],
    ['transparency as it is', 4, raw(4, 255, 0, 0, 255, 9, 9, 9, 1), [255, 0, 0, 255, 9, 9, 9, 1]],
    ['grey with transparency', 4, raw(2, 7, 255, 9, 128).toColourspace('b-w'), [7, 7, 7, 255, 9, 9, 9, 128]],
  ])('may hold %s', async (name, channels, picture, expected) => {
    const png = await picture.png(name === 'a palette' ? { palette: true } : {}).toBuffer()
    const field = { ...imageField([1, 2, channels]), dtype: 'uint8', range: [0, 255] } as const
    expect([...(await image.parse!(field, 'a.png', files(png))).data]).toEqual(expected)
  })

  it('may hold one bit a pixel', async () => {
    const { encode } = await import('fast-png')
    const png = encode({ width: 10, height: 2, depth: 1, channels: 1, data: Uint8Array.from([0xaa, 0x80, 0x55, 0x40]) })
    const field = { ...imageField([2, 10, 1]), dtype: 'uint8', range: [0, 1] } as const
    const row = [1, 0, 1, 0, 1, 0, 1, 0]
    const { data } = await image.parse!(field, 'a.png', files(png))
    expect([...data]).toEqual([...row, 1, 0, ...row.map((bit) => 1 - bit), 0, 1])
  })

  it('are decoded by whoever knows more formats', async () => {
    const reader: FileReader = {
      read: async (path) => new TextEncoder().encode(path),
      decodeImage: async (bytes) => ndarray('uint8', [1, 2, 1], Uint8Array.from([bytes.length, 255])),
    }
    expect(await image.parse!({ ...grey, range: [0, 255] }, '12345', reader)).toEqual(float32([1, 1, 2, 1], [5, 255]))
  })

  it('say why they cannot be read', async () => {
    const png = await encodePng({ width: 1, height: 1, channels: 1, data: Uint8Array.from([9]) })
    await expect(image.parse!(grey, 'a.png', files(png))).rejects.toMatchObject({
      code: 'IMAGE_MISSIZED',
      message: "The image 'a.png' has 1×1 pixels, but 1×2 are wanted. Bring it to that size.",
    })
    await expect(image.parse!(grey, 'a.gif', files(Uint8Array.from([1, 2])))).rejects.toThrow("'a.gif' is no PNG")
    png[png.length - 20]! ^= 255
    await expect(image.parse!(grey, 'a.png', files(png))).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' })
    await expect(image.parse!(grey, 'a.png')).rejects.toThrow('files cannot be read here')
  })
})
