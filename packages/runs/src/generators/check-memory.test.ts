import { ndarray, type Ports } from '@gantry/core'
import { expect, it } from 'vitest'
import { checkMemory } from './check-memory.ts'

const image = { modality: 'image', dtype: 'float32' } as const
const inputs: Ports = { low: { ...image, shape: ['height', 'width', 3] } }
const outputs: Ports = { high: { ...image, shape: ['4*height', '4*width', 3] } }

it('refuses images of which a network would take all memory, and says how they are made', () => {
  const photo = { low: ndarray('float32', [1, 100, 200, 3]) }
  expect(() => checkMemory({ inputs, outputs }, photo, 2 ** 30)).not.toThrow()
  expect(() => checkMemory({ inputs, outputs }, photo, 2 ** 27)).toThrow(
    expect.objectContaining({
      code: 'IMAGE_TOO_LARGE',
      message: expect.stringMatching(/200×100 pixels at once would take about 0.2 GB, and there are 0.1 GB/),
      fix: expect.stringContaining('--tile 128'),
    }),
  )
  // What stays as large as it is takes a sixteenth of that, and may have larger tiles.
  expect(() => checkMemory({ inputs, outputs: { ...inputs } }, photo, 2 ** 23)).toThrow(
    expect.objectContaining({ fix: expect.stringContaining('--tile 256') }),
  )
  expect(() => checkMemory({ inputs: {}, outputs: {} }, photo, 1)).not.toThrow()
})
