import { type NDArray, ndarray } from '@gantry/core'
import { createOnnxRuntimeInference } from '../../index.ts'
import type { PlainArrays } from './run-in-chromium.ts'

// Runs an exported model in a page, as an application of its own would.

async function runExport(model: readonly number[], feeds: PlainArrays): Promise<PlainArrays> {
  const session = await createOnnxRuntimeInference({ device: 'cpu' }).load(Uint8Array.from(model))
  try {
    const arrays = Object.entries(feeds).map(([name, { shape, data }]): [string, NDArray] => {
      return [name, ndarray('float32', shape, Float32Array.from(data))]
    })
    const outputs = Object.entries(await session.run(Object.fromEntries(arrays)))
    return Object.fromEntries(
      outputs.map(([name, { shape, data }]) => [name, { shape, data: Array.from(data, Number) }]),
    )
  } finally {
    await session.dispose()
  }
}

Object.assign(globalThis, { runExport })
