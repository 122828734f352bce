import { GantryError, type TrainingSession } from '@gantry/core'
import type { GanModel } from '@gantry/variants'
import type { Engine, EngineListing } from './engine.ts'

/** TF.js packages that train natively; optional peers of `@gantry/backend-tfjs`. */
const nativePackages = { cuda: '@tensorflow/tfjs-node-gpu', cpu: '@tensorflow/tfjs-node' } as const

/** The programs themselves, on whatever TF.js is installed. */
export const tfjs: Engine = {
  name: 'tfjs',
  devices: ['cpu', 'cuda'],
  // Whichever TF.js is there: the numbers are the same.
  portableDevice: 'auto',

  async list() {
    return [
      ...Object.entries(nativePackages).map(([device, name]): EngineListing => {
        const available = isInstalled(name)
        return { name: 'tfjs', device, available, detail: available ? name : `${name} is not installed` }
      }),
      {
        name: 'tfjs',
        device: 'cpu',
        available: true,
        detail: 'plain JavaScript: for debugging, and hundreds of times slower in convolutions',
      },
    ]
  },

  async prepare(model, device) {
    const { createTfjsTraining } = await import('@gantry/backend-tfjs')
    if (device === 'auto') return createTfjsTraining().prepare(model)
    if (device === 'cuda') return createTfjsTraining({ backend: 'tfjs-node-gpu' }).prepare(model)
    return prepareOnCpu(model)
  },
}

/** TensorFlow's native library where it is installed, else plain JavaScript. */
async function prepareOnCpu(model: GanModel): Promise<TrainingSession> {
  const { createTfjsTraining } = await import('@gantry/backend-tfjs')
  try {
    return await createTfjsTraining({ backend: 'tfjs-node' }).prepare(model)
  } catch (error) {
    if (!GantryError.isInstance(error) || error.code !== 'ENGINE_UNAVAILABLE') throw error
    return createTfjsTraining({ backend: 'cpu' }).prepare(model)
  }
}

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name)
    return true
  } catch {
    return false
  }
}
