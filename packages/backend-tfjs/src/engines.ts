import type { Device } from '@gantry/core'
import * as tf from '@tensorflow/tfjs-core'

/** A TF.js backend that Gantry knows how to load. */
export interface Engine {
  /** The npm package that registers it. */
  readonly package: string
  /** Its name in TF.js's registry. */
  readonly backend: string
  readonly device: Device
  load(): Promise<unknown>
}

// The native packages are optional peers. Their names are not literals, so that neither the type checker nor a bundler
// looks for packages that are not there.
const importOptional = (name: string) => () => import(name)

/** The engines by the names that users ask for. */
export const engines = {
  'tfjs-node-gpu': {
    package: '@tensorflow/tfjs-node-gpu',
    backend: 'tensorflow',
    device: 'cuda',
    load: importOptional('@tensorflow/tfjs-node-gpu'),
  },
  'tfjs-node': {
    package: '@tensorflow/tfjs-node',
    backend: 'tensorflow',
    device: 'cpu',
    load: importOptional('@tensorflow/tfjs-node'),
  },
  wasm: {
    package: '@tensorflow/tfjs-backend-wasm',
    backend: 'wasm',
    device: 'cpu',
    load: importOptional('@tensorflow/tfjs-backend-wasm'),
  },
  cpu: {
    package: '@tensorflow/tfjs-backend-cpu',
    backend: 'cpu',
    device: 'cpu',
    load: () => import('@tensorflow/tfjs-backend-cpu'),
  },
} as const satisfies Record<string, Engine>

export type EngineName = keyof typeof engines

/** Makes an engine TF.js's current one; returns why that is impossible, or undefined when it worked. */
export async function activate(name: EngineName): Promise<string | undefined> {
  const engine: Engine = engines[name]
  try {
    await engine.load()
  } catch (cause) {
    return isMissing(cause)
      ? `${engine.package} is not installed`
      : `${engine.package} cannot be loaded: ${messageOf(cause)}`
  }
  if (tf.findBackendFactory(engine.backend) === null) {
    return `${engine.package} registered its backend in another copy of @tensorflow/tfjs-core`
  }
  // TF.js reports the cause of a failed start on the console and returns false.
  if (!(await tf.setBackend(engine.backend))) return `TF.js could not start its backend '${engine.backend}'`
  // Its console banner advises tfjs-node at the first tensor; the report's warning says it better, once.
  if (name === 'cpu') Object.assign(tf.backend(), { firstUse: false })
  return undefined
}

/** Node has a code for it; Vite, which replaces a missing optional peer by a module that throws, has only a message. */
function isMissing(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND' || /resolve/i.test(messageOf(cause))
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
