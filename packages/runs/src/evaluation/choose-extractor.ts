import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { ConfigurationError, suggestion } from '@gantry/core'
import {
  classifierMnist,
  createInceptionFid,
  createOnnxExtractor,
  createPixels,
  createRandomConvolutions,
  type FeatureExtractor,
} from '@gantry/metrics'
import { filesBeside } from '../files-beside.ts'
import { findWeights, hasWeights, readNetworkWeights, weightsPath } from '../weights/weights-store.ts'

const INCEPTION = 'inception-fid'

export interface ExtractorFlags {
  readonly extractor?: string
  readonly layer?: string
}

interface ExtractorRequest {
  readonly shape: readonly number[]
  readonly layer: string | undefined
  readonly onNote: (text: string) => void
}

/** Extractors by name, for images of a shape. */
const extractors: Readonly<Record<string, (request: ExtractorRequest) => Promise<FeatureExtractor>>> = {
  'classifier-mnist': async () => classifierMnist({ backend: backend() }),
  [INCEPTION]: async ({ layer, onNote }) => {
    if (!hasWeights(INCEPTION)) throw weightsMissing(`The extractor '${INCEPTION}' needs weights that are not here.`)
    const weights = await readNetworkWeights(findWeights(INCEPTION), weightsPath(INCEPTION))
    if (!weights.official)
      onNote(
        `warning: the weights of ${INCEPTION} are no published file: this is FID only if they hold the same numbers.`,
      )
    return createInceptionFid(backend(), weights, { layers: [layer ?? '2048', 'logits_unbiased'] })
  },
  'random-conv': async () => createRandomConvolutions(backend()),
  pixels: async ({ shape }) => createPixels({ shape: shape as [number, number, number] }),
}

/**
 * The extractor that is asked for, or the one that fits: `classifier-mnist` for grey images of 28×28, else `inception-fid`
 * where its weights are.
 *
 * @throws ConfigurationError `EXTRACTOR_UNKNOWN`, `EXTRACTOR_MISSING`, `LAYER_UNKNOWN`, and what weights and models throw
 */
export async function chooseExtractor(
  shape: readonly number[],
  { extractor, layer }: ExtractorFlags,
  onNote: (text: string) => void = () => {},
): Promise<FeatureExtractor> {
  if (extractor !== undefined && /\.onnx$/i.test(extractor)) return onnxExtractor(extractor, layer)
  const name = extractor ?? defaultExtractor(shape)
  const create = Object.hasOwn(extractors, name) ? extractors[name] : undefined
  if (create === undefined) {
    throw new ConfigurationError({
      code: 'EXTRACTOR_UNKNOWN',
      message: `There is no extractor '${name}'.`,
      fix: `${suggestion(name, Object.keys(extractors))} A model of your own is a file that ends in .onnx.`,
    })
  }
  const chosen = await create({ shape, layer, onNote })
  return layer === undefined ? chosen : withLayer(chosen, layer)
}

function defaultExtractor(shape: readonly number[]): string {
  if (shape.join() === '28,28,1') return 'classifier-mnist'
  if (hasWeights(INCEPTION)) return INCEPTION
  throw weightsMissing(`Images of ${shape.join('×')} need an extractor, and the weights of ${INCEPTION} are not here.`)
}

function weightsMissing(message: string): ConfigurationError {
  return new ConfigurationError({
    code: 'EXTRACTOR_MISSING',
    message,
    fix: `Bring them with 'gantry weights fetch ${INCEPTION}' or 'gantry weights add ${INCEPTION} FILE'; or, for numbers that are no FID, use the extractor random-conv or pixels: --extractor pixels, or in training --set scoreExtractor=pixels.`,
  })
}

async function onnxExtractor(path: string, layer: string | undefined): Promise<FeatureExtractor> {
  if (!existsSync(path)) {
    throw new ConfigurationError({ code: 'EXTRACTOR_UNKNOWN', message: `There is no model at ${path}.` })
  }
  const bytes = new Uint8Array(await readFile(path))
  const name = basename(path).replace(/\.onnx$/i, '')
  return createOnnxExtractor(backend(), bytes, {
    name,
    externalFiles: filesBeside(path),
    ...(layer !== undefined && { layers: [layer] }),
  })
}

/** The same extractor with another layer for distances; which one it is belongs to its protocol. */
async function withLayer(extractor: FeatureExtractor, layer: string): Promise<FeatureExtractor> {
  if (layer === extractor.featureLayer) return extractor
  if (!Object.hasOwn(extractor.layers, layer)) {
    await extractor.dispose()
    throw new ConfigurationError({
      code: 'LAYER_UNKNOWN',
      message: `The extractor '${extractor.name}' has no layer '${layer}'.`,
      fix: suggestion(layer, Object.keys(extractor.layers)),
    })
  }
  const { protocol } = extractor
  return {
    ...extractor,
    featureLayer: layer,
    frechetName: `${extractor.name}-${layer}-frechet`,
    protocol: { ...protocol, extractor: `${protocol.extractor}:${layer}` },
  }
}

function backend() {
  return createOnnxRuntimeInference({ device: 'cpu' })
}
