import { float32, imageField, labelField, type NDArray, ndarray } from '@gantry/core'
import { expect, it } from 'vitest'
import type { Shown } from './modality.ts'
import { modalities } from './registry.ts'

const int32 = (shape: readonly number[]): NDArray => ndarray('int32', shape)

/** Two samples of every modality that can be shown. */
const shown: Readonly<Record<string, Shown>> = {
  image: { field: imageField([2, 2, 1]), values: float32([2, 2, 2, 1], new Array(8).fill(0)) },
  points: { field: { modality: 'points', dtype: 'float32', shape: [2] }, values: float32([2, 2], [0, 1, 2, 3]) },
  label: { field: labelField(['a', 'b']), values: int32([2]) },
  number: { field: { modality: 'number', dtype: 'float32', shape: [] }, values: float32([2], [0, 1]) },
  tokens: { field: { modality: 'tokens', dtype: 'int32', shape: [3], names: ['', 'a'] }, values: int32([2, 3]) },
}

it.each(modalities.filter(({ show }) => show))('says beforehand as what files $name is shown', async (modality) => {
  const parts = { samples: shown[modality.name]! }
  const artefacts = [await modality.show!(parts), ...(modality.showOne ? [await modality.showOne(parts, 0)] : [])]
  for (const { extension } of artefacts) expect(extension).toBe(modality.shownAs)
})
