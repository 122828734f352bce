import { expect, it } from 'vitest'
import { derivatives, differentiabilityPage, kernelNames } from '../testing/differentiability.ts'

it('says of every kernel of TF.js what its derivatives are', () => {
  const classified = derivatives()
  expect(kernelNames.filter((name) => !classified.has(name))).toEqual([])
  expect([...classified.keys()].filter((name) => !kernelNames.includes(name) && !name.endsWith('__op'))).toEqual([])
})

it('is the page in the docs', async () => {
  await expect(differentiabilityPage()).toMatchFileSnapshot('../../../../docs/gradients.md')
})
