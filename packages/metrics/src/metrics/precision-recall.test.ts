import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { afterAll, describe, expect, test } from 'vitest'
import { createBackendProducts, localProducts } from '../linear-algebra/products.ts'
import { takeRows } from '../linear-algebra/rows.ts'
import { NumpyRandomState } from '../random/numpy-random.ts'
import goldens from '../testing/goldens/prdc.json' with { type: 'json' }
import { proceduralFeatures } from '../testing/procedural.ts'
import { expectWithin } from '../testing/within.ts'
import { neighbourRadii, plainNeighbourRadii } from './neighbour-radii.ts'
import { centre } from './pair-distances.ts'
import { precisionRecall } from './precision-recall.ts'

const backend = createOnnxRuntimeInference({ device: 'cpu', threads: 1 })
const engines = {
  local: localProducts,
  'ONNX Runtime, float64': await createBackendProducts(backend),
  'ONNX Runtime, float32': await createBackendProducts(backend, 'float32'),
}
afterAll(() => Promise.all(Object.values(engines).map((products) => products.dispose())))

describe.each(Object.entries(engines))('%s', (_, products) => {
  describe.each(goldens)('the references’ values: $name', ({ real, fake, expected, tolerance }) => {
    const sets = [proceduralFeatures(real), proceduralFeatures(fake)] as const

    test.each([1, 3, 5] as const)('prdc, k = %i', async (neighbours) => {
      const actual = await precisionRecall(...sets, { neighbours, products })
      for (const [name, value] of Object.entries(expected[`prdc_k${neighbours}`])) {
        expectWithin(actual[name as 'precision'], value, { rtol: 0, atol: 1e-12 }, name)
      }
    })

    test('torch-fidelity', async () => {
      const { precision, recall, fScore } = await precisionRecall(...sets, { convention: 'torch-fidelity', products })
      for (const recorded of [expected.torch_fidelity_k3_f64, expected.torch_fidelity_k3_f32]) {
        expectWithin(precision, recorded.precision, tolerance, 'precision')
        expectWithin(recall, recorded.recall, tolerance, 'recall')
        expectWithin(fScore, recorded.f_score, tolerance, 'f-score')
      }
    })
  })

  test('radii are those of all distances in full, over several blocks and far from 0', async () => {
    const features = proceduralFeatures({ kind: 'feat', seed: 9, N: 2100, D: 6, shift: 5000, period: 5 })
    const set = centre(features, new Float64Array(6), products)
    const radii = await neighbourRadii(features, set, 3, { products, what: 'radii' })
    expect(radii).toEqual(plainNeighbourRadii(features, 3))
  })
})

describe('precisionRecall', () => {
  const real = proceduralFeatures({ kind: 'feat', seed: 1, N: 60, D: 8 })
  const generated = proceduralFeatures({ kind: 'feat', seed: 2, N: 60, D: 8, shift: 0.5 })

  test('is the same in any order of samples', async () => {
    const random = new NumpyRandomState(3)
    const shuffled = [real, generated].map((set) => takeRows(set, random.permutation(set.rows)))
    const [first, second] = shuffled as [typeof real, typeof real]
    expect(await precisionRecall(first, second)).toEqual(await precisionRecall(real, generated))
  })

  test('precision of one way is recall of the other', async () => {
    const [there, back] = [await precisionRecall(real, generated), await precisionRecall(generated, real)]
    expect([there.precision, there.recall]).toEqual([back.recall, back.precision])
  })

  test('reports progress, warns of unequal sets, and refuses more neighbours than samples', async () => {
    const phases = new Set<string>()
    const few = takeRows(generated, [0, 1, 2, 3, 4, 5])
    const { warnings } = await precisionRecall(real, few, { progress: (_done, _total, what) => phases.add(what) })
    expect(warnings).toEqual([expect.stringMatching(/^60 real and 6 generated samples/)])
    expect(phases.size).toBe(3)
    await expect(precisionRecall(real, takeRows(few, [0, 1, 2]))).rejects.toThrow(
      "5 neighbours cannot be found in sets of 60 and 3 samples. Ask for 1 to 2 by '--neighbours' ('neighbours'; of a run's own scores 'scoreNeighbours'), or take 6 samples or more on either side, by a larger '--count' ('count').",
    )
    await expect(precisionRecall(real, takeRows(few, [0, 1, 2]), { neighbours: 4 })).rejects.toThrow('Ask for 1 to 2')
  })
})
