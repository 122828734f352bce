import { stat } from 'node:fs/promises'
import { counted, DataError, describeSafetensors, ModelFormatError, type NDArray, sizeOfShape } from '@gantry/core'
import { gunzip, parseIdx } from '@gantry/datasets'
import { decodeNpy, isNetworkPickle, readNetworkPickle, readWeights } from '@gantry/metrics'
import sharp from 'sharp'
import { table } from '../text/index.ts'
import type { Inspection } from './inspection.ts'

/** Arrays that are named; of a large network the first tell enough. */
const NAMED = 40

const headline = (path: string, kind: string, bytes: number) => `${path}: ${kind}, ${counted(bytes, 'byte')}`

/** Arrays by their names, of whatever tool wrote them. */
export function inspectTensors(path: string, kind: string, bytes: Uint8Array): Inspection {
  const { listed, metadata } = arraysOf(path, kind, bytes)
  const elements = listed.reduce((sum, { shape }) => sum + sizeOfShape(shape), 0)
  const isStatistics = ['mu', 'sigma'].every((name) => listed.some((array) => array.name === name))
  return {
    result: { kind: 'tensors', format: kind, bytes: bytes.length, elements, tensors: listed, metadata },
    lines: [
      headline(path, kind, bytes.length),
      ...table([
        ['arrays', `${listed.length}, ${counted(elements, 'number')} in all`],
        ...listed.slice(0, NAMED).map(({ name, dtype, shape }) => [name, `${dtype} [${shape.join(', ')}]`]),
        ...(listed.length > NAMED ? [['…', `${listed.length - NAMED} more`]] : []),
        ...Object.entries(metadata).map(([key, value]) => [key, value]),
        ...(isStatistics ? [['use', `statistics of features: gantry evaluate … --data ${path}`]] : []),
      ]),
    ],
  }
}

function arraysOf(path: string, kind: string, bytes: Uint8Array) {
  if (kind === 'safetensors') {
    const { entries, metadata } = describeSafetensors(bytes, path)
    return { listed: entries.map(({ name, dtype, shape }) => ({ name, dtype: spelledOut(dtype), shape })), metadata }
  }
  const arrays: Iterable<readonly [string, NDArray]> =
    kind === '.npy'
      ? [['array', decodeNpy(bytes, path)]]
      : isNetworkPickle(bytes)
        ? networks(bytes)
        : readWeights(bytes)
  return { listed: [...arrays].map(([name, { dtype, shape }]) => ({ name, dtype, shape })), metadata: {} }
}

/** Arrays of pickled networks, with the network's name before theirs: `G_ema.mapping.fc0.weight`. */
function networks(bytes: Uint8Array): (readonly [string, NDArray])[] {
  return [...readNetworkPickle(bytes).networks].flatMap(([network, { tensors }]) =>
    [...tensors].map(([name, tensor]) => [`${network}.${name}`, tensor] as const),
  )
}

/** `bfloat16` for BF16. */
function spelledOut(dtype: string): string {
  const words: Readonly<Record<string, string>> = { BF: 'bfloat', F: 'float', U: 'uint', I: 'int', BOOL: 'bool' }
  return dtype.replace(/^(BOOL|BF|F|U|I)/, (start) => words[start]!)
}

/** The shape of an IDX file, gzipped or not. */
export function inspectIdx(path: string, bytes: Uint8Array): Inspection {
  const { shape } = parseIdx(gunzip(bytes, path), path)
  const what = shape.length === 3 ? 'images' : shape.length === 1 ? 'labels' : 'elements'
  return {
    result: { kind: 'idx', bytes: bytes.length, shape },
    lines: [headline(path, 'IDX', bytes.length), ...table([[what, `uint8 [${shape.join(', ')}]`]])],
  }
}

/** Size and channels of a picture. */
export async function inspectPicture(path: string): Promise<Inspection> {
  const { size: bytes } = await stat(path)
  try {
    const picture = await sharp(path, { limitInputPixels: false }).metadata()
    const { format, width, height, channels, depth, pages = 1, orientation = 1 } = picture
    return {
      result: { kind: 'picture', format, bytes, width, height, channels, depth, pages, orientation },
      lines: [
        headline(path, `${format} picture`, bytes),
        ...table([
          ['size', `${width}×${height}`],
          ['channels', `${channels}, of ${depth}`],
          ...(pages > 1 ? [['pages', `${pages}; the first is read`]] : []),
          ...(orientation > 1 ? [['orientation', `EXIF ${orientation}: it is turned upright`]] : []),
        ]),
      ],
    }
  } catch (cause) {
    throw new DataError({
      code: 'IMAGE_UNREADABLE',
      message: `The image '${path}' cannot be decoded (${(cause as Error).message.split('\n')[0]}).`,
      cause,
    })
  }
}

interface TfjsEntry {
  readonly dtype?: string
  readonly shape?: readonly number[]
}

/** A model of TF.js; other JSON by its keys. */
export function inspectJson(path: string, bytes: Uint8Array): Inspection {
  const content = parsed(path, bytes)
  const { modelTopology, weightsManifest, format, generatedBy, convertedBy } = Object(content)
  if (modelTopology === undefined) {
    const keys = Array.isArray(content) ? [] : Object.keys(Object(content))
    const what = Array.isArray(content)
      ? `a list of ${content.length}`
      : `keys: ${keys.slice(0, NAMED).join(', ') || 'none'}`
    return {
      result: { kind: 'json', bytes: bytes.length, keys },
      lines: [headline(path, 'JSON', bytes.length), ...table([['content', what]])],
    }
  }
  const groups: readonly { weights?: readonly TfjsEntry[]; paths?: readonly string[] }[] = [
    weightsManifest ?? [],
  ].flat()
  const weights = groups.flatMap((group) => Object(group).weights ?? []) as readonly TfjsEntry[]
  const files = groups.flatMap((group) => Object(group).paths ?? []) as readonly string[]
  const parameters = weights.reduce((sum, { shape }) => sum + (Array.isArray(shape) ? sizeOfShape(shape) : 0), 0)
  return {
    result: {
      kind: 'tfjs-model',
      format: format ?? null,
      generatedBy,
      convertedBy,
      parameters,
      arrays: weights.length,
      files,
    },
    lines: [
      headline(path, `TF.js ${format ?? 'model'}`, bytes.length),
      ...table([
        ['written by', [generatedBy, convertedBy].filter(Boolean).join(', ') || 'unknown'],
        ['parameters', `${parameters} in ${counted(weights.length, 'array')}`],
        ['weights in', files.join(', ') || 'none'],
        ['use', `gantry export-tfjs ${path} --out model.onnx`],
      ]),
    ],
  }
}

function parsed(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new ModelFormatError({
      code: 'JSON_INVALID',
      message: `${path} is not JSON: ${(cause as Error).message}.`,
      cause,
    })
  }
}
