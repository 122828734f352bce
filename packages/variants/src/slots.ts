import type { Slot } from './variant-definition.ts'

export const images: Slot = { modalities: ['image'] }

export const imagesOrPoints: Slot = { modalities: ['image', 'points'] }

export const labels: Slot = { modalities: ['label'] }

/** Labels that are used where `conditioning` says how. */
export const labelsIfAsked: Slot = { ...labels, optional: true, unusedWith: { conditioning: 'none' } }
