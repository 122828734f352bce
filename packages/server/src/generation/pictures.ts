import type { Ports } from '@gantry/core'
import { type Artefact, partsOf } from '@gantry/modalities'
import { filmOf } from '@gantry/runs/film'
import sharp, { type Sharp } from 'sharp'
import { RequestError } from '../http/request-error.ts'
import type { Arrays } from '../models/batch-queue.ts'

/** What pictures can be sent as. */
export const pictureFormats = ['png', 'webp', 'avif', 'jpeg'] as const
export type PictureFormat = (typeof pictureFormats)[number]

const CONTENT_TYPES: Readonly<Record<string, string>> = { txt: 'text/plain; charset=utf-8', svg: 'image/svg+xml' }

export interface Sent {
  readonly contentType: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Every sample as its modality shows one, in a format. */
export async function eachShown(ports: Ports, outputs: Arrays, format: PictureFormat | undefined): Promise<Sent[]> {
  const { modality, parts } = partsOf(ports, outputs)[0]!
  const { showOne, show } = modality
  const count = Object.values(outputs)[0]?.shape[0] ?? 0
  if (showOne === undefined && (show === undefined || count > 1)) throw unseen(modality.name)
  return Promise.all(
    Array.from({ length: count }, async (_, index) =>
      encoded(showOne ? await showOne.call(modality, parts, index) : await show!.call(modality, parts), format),
    ),
  )
}

/** All samples as one thing to look at. */
export async function allShown(
  ports: Ports,
  outputs: Arrays,
  format: PictureFormat | undefined,
  columns?: number,
): Promise<Sent> {
  const { modality, parts } = partsOf(ports, outputs)[0]!
  if (modality.show === undefined) throw unseen(modality.name)
  return encoded(await modality.show(parts, {}, columns === undefined ? {} : { columns }), format)
}

/** Pictures one after another, for ever. */
export async function animated(pictures: readonly Sent[], milliseconds: number): Promise<Sent> {
  const frames = pictures.map(({ bytes }) => bytes)
  return { contentType: 'image/webp', bytes: await filmOf(frames, { milliseconds, format: 'webp' }) }
}

async function encoded({ extension, bytes }: Artefact, format: PictureFormat | undefined): Promise<Sent> {
  if (extension !== 'png') {
    if (format !== undefined) throw noPicture(extension, format)
    const contentType = CONTENT_TYPES[extension] ?? 'application/octet-stream'
    return { contentType, bytes: new Uint8Array(bytes) }
  }
  if (format === undefined || format === 'png') return { contentType: 'image/png', bytes: new Uint8Array(bytes) }
  const picture = sharp(bytes)
  // JPEG knows no transparency, and everything else here shows it on white, too.
  const painted = format === 'jpeg' ? picture.flatten({ background: 'white' }) : picture
  const options = format === 'webp' ? { quality: 90, smartSubsample: true } : { quality: 90 }
  return { contentType: `image/${format}`, bytes: await bytesOf(painted.toFormat(format, options)) }
}

async function bytesOf(picture: Sharp): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await picture.toBuffer())
}

function unseen(modality: string): RequestError {
  return new RequestError({
    status: 422,
    code: 'MODALITY_UNSEEN',
    message: `Samples of the modality '${modality}' cannot be shown so.`,
    fix: 'Ask for the numbers: "format": "json".',
  })
}

function noPicture(extension: string, format: string): RequestError {
  return new RequestError({
    status: 422,
    code: 'FORMAT_UNSUPPORTED',
    message: `What this model makes is shown as .${extension}, and cannot be sent as ${format}.`,
    fix: 'Leave the format out, or ask for json.',
  })
}
