import type { NDArray } from '@gantry/core'
import { expect, it } from 'vitest'
import { KnownLengths } from './known-lengths.ts'
import { computedConstant } from './length-constants.ts'
import { LengthWriter } from './length-writer.ts'

it('a constant of more numbers than a list can hold has no formula, and does no harm', () => {
  const versions = [2 ** 32, 2 ** 33].map(
    (length) => ({ dtype: 'float32', shape: [length], data: { length } }) as unknown as NDArray,
  )
  const writer = new LengthWriter(new Map())
  expect(computedConstant(versions, new KnownLengths(writer), writer)).toBeUndefined()
})
