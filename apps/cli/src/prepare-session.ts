import { GantryError, type TrainingSession, UnsupportedError } from '@gantry/core'
import type { RunConfig } from '@gantry/training'
import type { GanModel } from '@gantry/variants'

/**
 * Puts a model on the engine of a run. Only that engine's libraries are loaded.
 *
 * @throws UnsupportedError when the device cannot be used
 */
export async function prepareSession(model: GanModel, { engine, device }: RunConfig): Promise<TrainingSession> {
  if (engine === 'tfjs') return prepareTfjs(model, device)
  const [{ compileModel }, { createOnnxRuntimeTraining }] = await Promise.all([
    import('@gantry/compiler'),
    import('@gantry/backend-onnxruntime'),
  ])
  const backend = createOnnxRuntimeTraining({ device })
  // GPUs have fast convolutions of their own.
  const convolutions = (await backend.device()) === 'cpu' ? 'fast' : 'direct'
  return backend.prepare(await compileModel(model, { convolutions, moveVariables: true }))
}

async function prepareTfjs(model: GanModel, device: RunConfig['device']): Promise<TrainingSession> {
  const { createTfjsTraining } = await import('@gantry/backend-tfjs')
  if (device === 'auto') return createTfjsTraining().prepare(model)
  if (device === 'cuda') return createTfjsTraining({ backend: 'tfjs-node-gpu' }).prepare(model)
  if (device === 'webgpu') {
    throw new UnsupportedError({
      code: 'DEVICE_UNAVAILABLE',
      message: "The engine tfjs has the devices 'cpu' and 'cuda' in Node, but 'webgpu' is asked for.",
      fix: "Use '--engine onnxruntime'.",
    })
  }
  try {
    return await createTfjsTraining({ backend: 'tfjs-node' }).prepare(model)
  } catch (error) {
    if (!GantryError.isInstance(error) || error.code !== 'ENGINE_UNAVAILABLE') throw error
    return createTfjsTraining({ backend: 'cpu' }).prepare(model)
  }
}
