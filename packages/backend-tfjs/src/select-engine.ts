import { ConfigurationError, type EngineReport, suggestion, UnsupportedError } from '@gantry/core'
import * as tf from '@tensorflow/tfjs-core'
import { activate, type EngineName, engines } from './engines.ts'

/** An engine by name, or the best that is installed. */
export type EngineRequest = EngineName | 'auto'

// wasm is never chosen unasked. It outruns cpu, but TF.js 4.22 registers 157 kernels for it against cpu's 172 and lacks
// Conv2DBackpropFilter, DepthwiseConv2dNativeBackpropFilter and -Input: the first convolutional phase would fail.
const preference = ['tfjs-node-gpu', 'tfjs-node', 'cpu'] as const satisfies readonly EngineName[]

const faster = 'Use the engine onnxruntime (@gantry/backend-onnxruntime), which runs the same phases compiled.'

const warnings: Record<EngineName, readonly string[]> = {
  'tfjs-node-gpu': [],
  'tfjs-node': [],
  wasm: [
    `TF.js has no filter gradients on wasm: phases that train convolutions fail. ${faster}`,
    `TF.js wasm runs on one thread. ${faster}`,
  ],
  // Measured on 2 cores: one filter gradient of a DCGAN layer at batch 16 takes 48 s; a whole compiled step 0.5 s.
  cpu: [`TF.js runs in plain JavaScript here; convolutions are hundreds of times slower than compiled. ${faster}`],
}

/**
 * Activates the engine that was asked for, or the best that is installed.
 *
 * @throws ConfigurationError `ENGINE_UNKNOWN`, UnsupportedError `ENGINE_UNAVAILABLE` when an explicit request cannot be met.
 */
export async function selectEngine(request: EngineRequest): Promise<{ name: EngineName; report: EngineReport }> {
  const names = ['auto', ...Object.keys(engines)]
  if (!names.includes(request)) {
    throw new ConfigurationError({
      code: 'ENGINE_UNKNOWN',
      message: `TF.js has no engine '${request}'.`,
      fix: suggestion(request, names),
    })
  }
  const rejected: { name: string; reason: string }[] = []
  for (const name of request === 'auto' ? preference : [request]) {
    const reason = await activate(name)
    if (reason === undefined) {
      const engine = name.startsWith('tfjs-') ? name : `tfjs-${name}`
      const { device } = engines[name]
      return { name, report: { engine, version: tf.version_core, device, rejected, warnings: warnings[name] } }
    }
    rejected.push({ name, reason })
  }
  throw new UnsupportedError({
    code: 'ENGINE_UNAVAILABLE',
    message: `TF.js cannot run on '${request}': ${rejected.map(({ reason }) => reason).join('; ')}.`,
    fix: `Install ${engines[request === 'auto' ? 'cpu' : request].package}@${tf.version_core}, or ask for 'auto'. ${faster}`,
  })
}
