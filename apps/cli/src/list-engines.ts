import { probeDevices } from '@gantry/backend-onnxruntime'

/** An engine on a device, and whether it works here. */
export interface EngineListing {
  /** What `--engine` takes. */
  readonly name: 'onnxruntime' | 'tfjs'
  /** What `--device` takes. */
  readonly device: string
  readonly available: boolean
  /** How fast it is, or why it does not work. */
  readonly detail: string
}

/** TF.js packages that train natively; optional peers of `@gantry/backend-tfjs`. */
const nativeTensorflow = { cuda: '@tensorflow/tfjs-node-gpu', cpu: '@tensorflow/tfjs-node' } as const

/** Tries what is installed; devices are probed in child processes, since a driver can take its process down. */
export async function listEngines(): Promise<EngineListing[]> {
  const devices = await probeDevices()
  return [
    ...devices.map((probe): EngineListing => {
      const detail = probe.available
        ? `1024 × 1024 matrix product in ${probe.milliseconds.toFixed(1)} ms`
        : probe.reason
      return { name: 'onnxruntime', device: probe.device, available: probe.available, detail }
    }),
    ...Object.entries(nativeTensorflow).map(([device, name]): EngineListing => {
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
}

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name)
    return true
  } catch {
    return false
  }
}
