import type { Device } from '@gantry/core'
import { askDevice } from '#platform/ask-device'
import type { WasmPaths } from './wasm-paths.ts'

/** What became of trying a device. */
export type ProbeAnswer = { readonly milliseconds: number } | { readonly reason: string }

/** Whether a device computes, and how fast. */
export type DeviceProbe =
  /**
   * `milliseconds`: the product of two 1024 × 1024 float32 matrices, with their way to the device and back; estimated from a
   * smaller one where that is slow.
   */
  | { readonly device: Device; readonly available: true; readonly milliseconds: number }
  | { readonly device: Device; readonly available: false; readonly reason: string }

const probes = new Map<string, Promise<DeviceProbe>>()

/** Tries a device in a process or worker of its own, once in the life of this one. Never rejects. */
export function probeDevice(device: Device, wasmPaths?: WasmPaths): Promise<DeviceProbe> {
  const key = JSON.stringify([device, wasmPaths])
  const known = probes.get(key)
  if (known !== undefined) return known
  const probe = askDevice(device, wasmPaths).then(
    (answer): DeviceProbe =>
      'reason' in answer ? { device, available: false, ...answer } : { device, available: true, ...answer },
  )
  probes.set(key, probe)
  return probe
}

/** Tries every device: for `gantry doctor` and the list of engines. Takes a second, and more where a GPU has to be started. */
export async function probeDevices(wasmPaths?: WasmPaths): Promise<readonly DeviceProbe[]> {
  const probes: DeviceProbe[] = []
  // One after another: each is timed.
  for (const device of ['cpu', 'cuda', 'webgpu'] as const) probes.push(await probeDevice(device, wasmPaths))
  return probes
}
