import { type Batch, ndarray } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { checkLabels } from './check-labels.ts'

const batchOf = (...labels: number[]): Required<Batch> => ({
  samples: ndarray('float32', [3, 2]),
  labels: ndarray('int32', [labels.length], Int32Array.from(labels)),
})

describe('labels of a batch', () => {
  it('are indices of classes, one a sample', () => {
    expect(() => checkLabels("Phase 'step'", batchOf(0, 9, 4), 10)).not.toThrow()
    expect(() => checkLabels("Phase 'step'", batchOf(0, 9, 4000))).not.toThrow()
  })

  it.each([
    [10, "Phase 'step': sample 1 of the batch has the label 10, but the model knows 10 classes, 0 to 9."],
    [-1, "Phase 'step': sample 1 of the batch has the label -1, but the model knows 10 classes, 0 to 9."],
  ])('are refused when no class has the label %d', (label, message) => {
    expect(() => checkLabels("Phase 'step'", batchOf(0, label, 4), 10)).toThrow(
      expect.objectContaining({
        name: 'DataError',
        code: 'LABEL_OUT_OF_RANGE',
        message: expect.stringContaining(message),
      }),
    )
  })

  it('are refused when they are negative, even where nobody tells the number of classes', () => {
    expect(() => checkLabels("Phase 'step'", batchOf(0, 1, -3))).toThrow('the label -3, but labels count from 0')
  })

  it.each([[batchOf(1, 2)], [batchOf(1, 2, 3, 4)], [{ ...batchOf(), labels: ndarray('int32', [3, 1]) }]])(
    'are refused when there is not one a sample (%#)',
    (batch) => {
      expect(() => checkLabels("Phase 'step'", batch, 10)).toThrow(
        expect.objectContaining({
          name: 'DataError',
          code: 'LABEL_COUNT_MISMATCH',
          message: expect.stringContaining(
            `the batch has 3 samples, but its labels have shape [${batch.labels.shape}]`,
          ),
        }),
      )
    },
  )
})
