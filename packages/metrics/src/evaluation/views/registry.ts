import { suggestion, UnsupportedError } from '@gantry/core'
import { image } from './image.ts'
import { points } from './points.ts'
import type { View } from './view.ts'

/** The modalities that can be scored. Pass `[...views, yours]` where you have more. */
export const views: readonly View[] = [image, points]

/** @throws UnsupportedError `MODALITY_UNSCORED` for a modality that has no view */
export function findView(modality: string, registry: readonly View[] = views): View {
  const found = registry.find((view) => view.modality === modality)
  if (found !== undefined) return found
  throw new UnsupportedError({
    code: 'MODALITY_UNSCORED',
    message: `Samples of the modality '${modality}' cannot be scored.`,
    fix: suggestion(
      modality,
      registry.map((view) => view.modality),
    ),
  })
}

/** Whether samples of a modality are looked at by an extractor, as bytes, because they are not their own features. */
export function needsExtractor(modality: string, registry: readonly View[] = views): boolean {
  return registry.some((view) => view.modality === modality && view.ownFeatures === undefined)
}
