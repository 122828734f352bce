import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { exportModel } from '@gantry/compiler'
import { compareArrays } from '@gantry/core'
import { expect } from 'vitest'
import { loadTfjsModel } from '../load-tfjs-model.ts'
import { readTfjsModel } from '../read-tfjs-model.ts'
import { readCases } from './cases.ts'

/** What is known of each model: lengths that it takes are multiples of these. */
const multiples: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  unet: { height: 4, width: 4 },
  'unet-bilinear': { height: 4, width: 4 },
}

/** Exports a model, and expects of ONNX Runtime the outputs of the cases beside it, within 1e-5 of each output's largest number. */
export async function expectCases(folder: string, kind: string, name: string): Promise<void> {
  const model = await loadTfjsModel(await readTfjsModel(`${folder}/${kind}`))
  const bytes = await exportModel(model, { name, multiples: multiples[name] ?? {} })
  const session = await createOnnxRuntimeInference({ device: 'cpu' }).load(bytes)
  try {
    for (const { inputs, outputs } of await readCases(folder)) {
      // A converter may call inputs as it likes, and may sort them; it keeps their names where there are several.
      const named = inputs.map(({ name: own, array }) => {
        const found =
          session.inputs.length === 1 ? session.inputs[0]! : session.inputs.find(({ name: each }) => each === own)
        return [found!.name, array]
      })
      const results = Object.values(await session.run(Object.fromEntries(named)))
      expect(results).toHaveLength(outputs.length)
      for (const [index, { array }] of outputs.entries()) {
        expect(results[index]!.shape).toEqual(array.shape)
        const { relative } = compareArrays(results[index]!, array, { smallestScale: 1e-3 })
        expect(relative, `output ${index} at [${inputs[0]!.array.shape}]`).toBeLessThan(1e-5)
      }
    }
  } finally {
    await session.dispose()
  }
}
