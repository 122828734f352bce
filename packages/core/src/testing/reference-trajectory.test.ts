import { expect, test } from 'vitest'
import { referenceConstants } from './reference-model.ts'
import { ReferenceTrajectory } from './reference-trajectory.ts'

const x = [1, 2, 3, -1, 0, 1, 0.5, 0.25, 0, -2, 1, 1]
const target = [1, 0, -1, 2, 0.5, 0.5, 0, 1]

/** Loss at the present weights with one of them moved. */
function lossNear(name: 'linear/kernel' | 'linear/bias', index: number, change: number): number {
  const moved = new ReferenceTrajectory()
  moved.variables[name][index]! += change
  return moved.fit(x, target).loss
}

test('the reference descends along the gradient of its loss (central differences)', () => {
  const reference = new ReferenceTrajectory()
  const start = new ReferenceTrajectory().variables
  reference.fit(x, target)
  for (const name of ['linear/kernel', 'linear/bias'] as const) {
    for (const [index, value] of start[name].entries()) {
      const slope = (lossNear(name, index, 1e-5) - lossNear(name, index, -1e-5)) / 2e-5
      expect(reference.variables[name][index]).toBeCloseTo(value - referenceConstants.learningRate * slope, 8)
    }
  }
})
