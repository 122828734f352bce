import { convertIndexedToRgb, type DecodedPng, decode, encode } from 'fast-png'

/** Pixels in memory, row by row. */
export interface Bitmap {
  readonly width: number
  readonly height: number
  /** Grey, RGB or RGBA. */
  readonly channels: 1 | 3 | 4
  readonly data: Uint8Array
}

/** The same pixels give the same bytes. */
export async function encodePng({ width, height, channels, data }: Bitmap): Promise<Uint8Array> {
  return encode({ width, height, channels, data, depth: 8 })
}

/** Whether bytes begin as those of a PNG do. */
export function isPng(bytes: Uint8Array): boolean {
  return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, index) => bytes[index] === byte)
}

/** Any PNG, as 8 bits a channel. Throws an Error of the decoder for bytes that are none, or are damaged. */
export function decodePng(bytes: Uint8Array): Bitmap {
  const png = decode(bytes, { checkCrc: true })
  const { width, height, palette } = png
  const data = palette === undefined ? eightBits(png) : convertIndexedToRgb(png)
  const channels = palette === undefined ? png.channels : palette[0]!.length
  if (channels !== 2) return { width, height, channels: channels as Bitmap['channels'], data }
  const colours = Uint8Array.from({ length: width * height * 4 }, (_, index) => {
    const pixel = Math.floor(index / 4) * 2
    return data[index % 4 === 3 ? pixel + 1 : pixel]!
  })
  return { width, height, channels: 4, data: colours }
}

/** Grey of 1, 2 or 4 bits lies packed, each row from a new byte on; of 16 bits the upper 8 remain. */
function eightBits({ width, height, channels, depth, data }: DecodedPng): Uint8Array {
  if (depth === 8) return Uint8Array.from(data)
  if (depth === 16) return Uint8Array.from(data, (value) => value >> 8)
  const rowBytes = Math.ceil((width * channels * depth) / 8)
  const largest = 2 ** depth - 1
  return Uint8Array.from({ length: width * height * channels }, (_, index) => {
    const bit = (index % (width * channels)) * depth
    const byte = data[Math.floor(index / (width * channels)) * rowBytes + (bit >> 3)]!
    return (((byte >> (8 - depth - (bit & 7))) & largest) * 255) / largest
  })
}
