import { ModelFormatError } from './errors.ts'

/** Key of the manifest among an ONNX model's metadata. */
export const MANIFEST_KEY = 'gantry.manifest'

/** What an exported generator carries, so that a server or a playground needs nothing but the file. */
export interface ModelManifest {
  readonly manifestVersion: 1
  readonly gantryVersion: string
  readonly variant: string
  readonly dataset: string
  readonly latent: { readonly input: string; readonly size: number; readonly distribution: 'normal' | 'uniform' }
  readonly sample: {
    readonly output: string
    readonly kind: 'image' | 'points'
    /** Of one sample: [height, width, channels], or [2]. */
    readonly shape: readonly number[]
    readonly valueRange: readonly [number, number]
  }
  readonly labels?: readonly string[]
  /** For generators that are told a label: an int32 [batch] input, indices into `labels`. */
  readonly conditioning?: { readonly input: string; readonly classes: number }
  /** Moving average of the generator's weights, or the weights as trained. */
  readonly weights: 'ema' | 'raw'
  readonly trainingStep: number
  /** SHA-256 over names, shapes and bytes of the weights, hexadecimal. */
  readonly weightsHash: string
  /** Largest absolute difference between this model's samples and the trainer's, measured at export. */
  readonly parityError: number
  readonly batchSizesChecked: readonly number[]
}

/**
 * Reads the manifest from a model's metadata.
 *
 * @throws ModelFormatError `MANIFEST_MISSING` for a model that Gantry did not export, `MANIFEST_INVALID` for one that cannot be read.
 */
export function readManifest(metadata: Readonly<Record<string, string>>, owner = 'The model'): ModelManifest {
  const text = metadata[MANIFEST_KEY]
  if (text === undefined) {
    throw new ModelFormatError({
      code: 'MANIFEST_MISSING',
      message: `${owner} carries no Gantry manifest (metadata '${MANIFEST_KEY}').`,
      fix: "Export it with 'gantry export', which adds one.",
    })
  }
  const invalid = (cause?: unknown) =>
    new ModelFormatError({
      code: 'MANIFEST_INVALID',
      message: `${owner} carries a manifest that cannot be read.`,
      cause,
    })
  let manifest: Partial<ModelManifest>
  try {
    manifest = JSON.parse(text)
  } catch (cause) {
    throw invalid(cause)
  }
  if (manifest?.manifestVersion !== 1 || !manifest.latent?.input || !manifest.sample?.shape) throw invalid()
  return manifest as ModelManifest
}
