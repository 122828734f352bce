import { ConfigurationError, type DeviceRequest, type EngineReport, suggestion, UnsupportedError } from '@gantry/core'
import { cores, remedies, whyNoGpu } from '#platform/machine'
import { type DeviceProbe, probeDevice } from './probe-device.ts'
import type { WasmPaths } from './wasm-paths.ts'

/** The device of a session, as its report tells it. */
export type DeviceChoice = Pick<EngineReport, 'device' | 'rejected' | 'warnings'>

/** How a machine is looked at; a test describes one instead. */
export interface Machine {
  probe(device: DeviceProbe['device']): Promise<DeviceProbe>
  /** Why it is plain without a probe that there is no GPU. */
  whyNoGpu(): string | undefined
}

/** The machine that this runs on. */
export function machineWith(wasmPaths?: WasmPaths): Machine {
  return { probe: (device) => probeDevice(device, wasmPaths), whyNoGpu }
}

// State crosses to a GPU and back at every step, which a product of two matrices shows only in part: a device that is
// barely faster there would be slower in training. An adapter in software is 100 times slower than the CPU it runs on.
const WORTHWHILE_SPEEDUP = 2

/**
 * Decides where to compute.
 *
 * `auto` takes CUDA where it works, then WebGPU if it multiplies matrices at least twice as fast as the CPU (measured,
 * so that no adapter in software is taken), else the CPU. Where there are neither CUDA libraries nor a GPU's device
 * node, it finds out in a millisecond, without starting a process.
 *
 * @throws UnsupportedError `DEVICE_UNAVAILABLE` when an explicit request cannot be met, ConfigurationError `DEVICE_UNKNOWN`
 */
export async function chooseDevice(request: DeviceRequest, machine = machineWith()): Promise<DeviceChoice> {
  // Not probed: a broken installation shows when the first model is loaded.
  if (request === 'cpu') return { device: 'cpu', rejected: [], warnings: [] }
  if (request === 'auto') return chooseBest(machine)
  // ONNX Runtime leaves out what it does not know, and computes on the CPU.
  if (!Object.hasOwn(remedies, request)) {
    throw new ConfigurationError({
      code: 'DEVICE_UNKNOWN',
      message: `There is no device '${request}'.`,
      fix: suggestion(request, ['auto', ...Object.keys(remedies)]),
    })
  }
  const result = await machine.probe(request)
  if (!result.available) {
    throw new UnsupportedError({
      code: 'DEVICE_UNAVAILABLE',
      message: `The device '${request}' cannot be used here: ${result.reason}.`,
      fix: remedies[request],
    })
  }
  const slow = request === 'webgpu' ? await whySlow(machine, result.milliseconds) : undefined
  return { device: request, rejected: [], warnings: slow === undefined ? [] : [`The device 'webgpu' ${slow}.`] }
}

async function chooseBest(machine: Machine): Promise<DeviceChoice> {
  const rejected: { name: string; reason: string }[] = []
  const cuda = await machine.probe('cuda')
  if (cuda.available) return { device: 'cuda', rejected, warnings: [] }
  rejected.push({ name: 'cuda', reason: cuda.reason })

  const reason = machine.whyNoGpu() ?? (await whyNotWebGpu(machine))
  if (reason === undefined) return { device: 'webgpu', rejected, warnings: [] }
  rejected.push({ name: 'webgpu', reason })
  return { device: 'cpu', rejected, warnings: [] }
}

async function whyNotWebGpu(machine: Machine): Promise<string | undefined> {
  const webgpu = await machine.probe('webgpu')
  return webgpu.available ? whySlow(machine, webgpu.milliseconds) : webgpu.reason
}

async function whySlow(machine: Machine, milliseconds: number): Promise<string | undefined> {
  const cpu = await machine.probe('cpu')
  if (!cpu.available || milliseconds * WORTHWHILE_SPEEDUP <= cpu.milliseconds) return undefined
  const [own, others] = [milliseconds.toFixed(1), cpu.milliseconds.toFixed(1)]
  return `multiplies 1024 × 1024 matrices in ${own} ms, ${cores()} CPU threads in ${others} ms: an adapter in software, or a very small one`
}
