import { ModelFormatError } from './errors.ts'
import type { Ports } from './field.ts'
import { upgradeManifest } from './upgrade-manifest.ts'

/** Key of the manifest among an ONNX model's metadata. */
export const MANIFEST_KEY = 'gantry.manifest'

/** What an exported function carries, so that a server or a playground needs nothing but the file. */
export interface ModelManifest {
  readonly manifestVersion: 2
  readonly gantryVersion: string
  readonly variant: string
  readonly dataset: string
  /** `generate`, `translate` … */
  readonly function: string
  /** The function of the same model that leads back from where this one leads: `translate-back`. */
  readonly inverse?: string
  /** Moving average of the weights, or the weights as trained. */
  readonly weights: 'ema' | 'raw'
  /** By the names of the file's inputs. */
  readonly inputs: Ports
  /** By the names of the file's outputs; the first is what is shown and scored. */
  readonly outputs: Ports
  readonly trainingStep: number
  /** Whose weights those were before the first step, where others had trained them: `ffhq.pkl of stylegan2-ada-pytorch`. */
  readonly origin?: string
  /** Of weights between those of two runs: the name of the other, and this one's share of them. */
  readonly interpolated?: { readonly other: string; readonly share: number }
  /** SHA-256 over names, shapes and bytes of the weights, hexadecimal. */
  readonly weightsHash: string
  /** Largest absolute difference between this model's outputs and the trainer's, measured at export. */
  readonly parityError: number
  readonly batchSizesChecked: readonly number[]
}

/**
 * Reads the manifest from a model's metadata, whatever version it has.
 *
 * @throws ModelFormatError `MANIFEST_MISSING` for a model that Gantry did not export, `MANIFEST_INVALID` for one that cannot be
 * read, `MANIFEST_TOO_NEW` for that of a later Gantry.
 */
export function readManifest(metadata: Readonly<Record<string, string>>, owner = 'The model'): ModelManifest {
  const text = metadata[MANIFEST_KEY]
  if (text === undefined) {
    throw new ModelFormatError({
      code: 'MANIFEST_MISSING',
      message: `${owner} carries no Gantry manifest (metadata '${MANIFEST_KEY}').`,
      fix: "Export it with 'gantry export', which adds one, or describe its inputs and outputs with '--describe ports.json'.",
    })
  }
  let manifest: unknown
  try {
    manifest = JSON.parse(text)
  } catch (cause) {
    throw invalid(owner, cause)
  }
  const version = (manifest as { readonly manifestVersion?: unknown } | null)?.manifestVersion
  if (typeof version === 'number' && version > 2) {
    throw new ModelFormatError({
      code: 'MANIFEST_TOO_NEW',
      message: `${owner} carries a manifest of version ${version}, but this Gantry knows versions 1 and 2.`,
      fix: 'Use a newer Gantry.',
    })
  }
  const upgraded = version === 1 ? upgradeManifest(manifest) : manifest
  if (!isManifest(upgraded)) throw invalid(owner)
  return upgraded
}

/** Where a model's weights come from, for people: `step 4000`, or `weights of ffhq.pkl` where there was no step. */
export function describeProgress({ trainingStep, origin }: Pick<ModelManifest, 'trainingStep' | 'origin'>): string {
  if (origin === undefined) return `step ${trainingStep}`
  return `weights of ${origin}${trainingStep > 0 ? `, step ${trainingStep}` : ''}`
}

function invalid(owner: string, cause?: unknown): ModelFormatError {
  return new ModelFormatError({
    code: 'MANIFEST_INVALID',
    message: `${owner} carries a manifest that cannot be read.`,
    fix: "Export the model again with 'gantry export'.",
    ...(cause !== undefined && { cause }),
  })
}

function isManifest(value: unknown): value is ModelManifest {
  const { manifestVersion, inputs, outputs } = (value ?? {}) as Partial<ModelManifest>
  return manifestVersion === 2 && arePorts(inputs) && arePorts(outputs) && Object.keys(outputs).length > 0
}

function arePorts(value: unknown): value is Ports {
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).every(
    (port) => typeof port?.modality === 'string' && typeof port.dtype === 'string' && Array.isArray(port.shape),
  )
}
