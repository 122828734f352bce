import type { Port } from './field.ts'
import type { ModelManifest } from './manifest.ts'

/** Manifests of version 1: a latent vector, perhaps a label, one image or point. */
interface ManifestVersion1 {
  readonly gantryVersion: string
  readonly variant: string
  readonly dataset: string
  readonly latent: { readonly input: string; readonly size: number; readonly distribution: 'normal' | 'uniform' }
  readonly sample: {
    readonly output: string
    readonly kind: 'image' | 'points'
    readonly shape: readonly number[]
    readonly valueRange: readonly [number, number]
  }
  readonly labels?: readonly string[]
  readonly conditioning?: { readonly input: string; readonly classes: number }
  readonly weights: 'ema' | 'raw'
  readonly trainingStep: number
  readonly weightsHash: string
  readonly parityError: number
  readonly batchSizesChecked: readonly number[]
}

/** A manifest of version 1 as one of version 2; undefined where it is none. */
export function upgradeManifest(manifest: unknown): ModelManifest | undefined {
  const before = manifest as Partial<ManifestVersion1>
  if (!before.latent?.input || !before.sample?.shape) return undefined
  const { gantryVersion, variant, dataset, weights, trainingStep, weightsHash, parityError, batchSizesChecked } =
    before as ManifestVersion1
  const { latent, sample, conditioning, labels } = before
  const generated: Port = {
    modality: sample.kind,
    dtype: 'float32',
    shape: sample.shape,
    range: sample.valueRange,
    field: sample.kind,
  }
  return {
    manifestVersion: 2,
    gantryVersion,
    variant,
    dataset,
    function: 'generate',
    weights,
    inputs: {
      [latent.input]: { modality: 'latent', dtype: 'float32', shape: [latent.size], drawn: latent.distribution },
      ...(conditioning && { [conditioning.input]: labelPort(conditioning.classes, labels) }),
    },
    outputs: { [sample.output]: generated },
    trainingStep,
    weightsHash,
    parityError,
    batchSizesChecked,
  }
}

function labelPort(classes: number, labels: readonly string[] | undefined): Port {
  const names = Array.from({ length: classes }, (_, index) => labels?.[index] ?? String(index))
  return { modality: 'label', dtype: 'int32', shape: [], names, field: 'label' }
}
