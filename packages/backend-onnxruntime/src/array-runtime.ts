import type { NDArray, TypedArray } from '@gantry/core'
import { copyArray } from './copies.ts'
import { loadSession } from './load-session.ts'
import type { OrtTensor } from './ort.ts'
import { releaseArrays } from './release-arrays.ts'
import type { HeldTensor, Runtime } from './runtime.ts'
import { toArray, toOrtTensor } from './tensors.ts'

/**
 * Tensors are arrays of JavaScript, through the API that onnxruntime-node and onnxruntime-web have in common. Both copy
 * every output into a new array after a run: what they replace is freed at once, 90 MB less for 30 MB of state. Two
 * preallocated buffers for every variable, given as fetches in turn, are slower: onnxruntime-node 1.30 copies every output
 * all the same (30 MB of state: 4 ms of a run to hand over, 6 with fetches), and onnxruntime-web does not write them at
 * all. Keeping state on a WebGPU device (`preferredOutputLocation: 'gpu-buffer'`) aborts the process as soon as such a
 * tensor is fed again.
 */
export const arrayRuntime: Runtime = {
  writesInPlace: false,

  async load(owner, graph, settings) {
    const session = await loadSession(owner, graph, settings)
    return {
      inputNames: session.inputNames,
      outputNames: session.outputNames,
      run: (inputs, outputs) => session.run(inputs as Readonly<Record<string, OrtTensor>>, outputs),
      release: () => session.release(),
    }
  },

  hold: (arrays) => Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, toOrtTensor(array)])),

  room: (tensor) => tensor,

  copy(name, tensor) {
    const array = toArray(name, tensor as OrtTensor)
    return { ...array, data: copyArray(array.data) } as NDArray
  },

  take: (name, tensor) => toArray(name, tensor as OrtTensor),

  free(tensors, kept = []) {
    const buffers = new Set([...kept].map(bufferOf))
    releaseArrays(tensors.filter((tensor) => !buffers.has(bufferOf(tensor))).map(dataOf))
  },
}

const dataOf = (tensor: HeldTensor) => (tensor as OrtTensor).data as TypedArray
const bufferOf = (tensor: HeldTensor) => dataOf(tensor).buffer
