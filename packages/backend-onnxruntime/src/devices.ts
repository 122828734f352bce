import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Device, type DeviceRequest, type EngineReport, UnsupportedError } from '@gantry/core'
import { type DeviceProbe, probeDevice } from './probe-device.ts'

/** The device of a session, as its report tells it. */
export type DeviceChoice = Pick<EngineReport, 'device' | 'rejected' | 'warnings'>

// State crosses to a GPU and back at every step, which a product of two matrices shows only in part: a device that is
// barely faster there would be slower in training. An adapter in software is 100 times slower than the CPU it runs on.
const WORTHWHILE_SPEEDUP = 2

const remedies: Record<Exclude<Device, 'cpu'>, string> = {
  cuda: "Install an NVIDIA driver with CUDA 12, cuDNN 9 and onnxruntime-node's CUDA libraries (run its install script with --onnxruntime-node-install=cuda12), or use the device 'cpu'.",
  webgpu: "Install a GPU driver with Vulkan (libvulkan1), Metal or Direct3D 12, or use the device 'cpu'.",
}

/** Tries every device: for `gantry doctor` and the list of engines. Takes about a second where a GPU has to be started. */
export async function probeDevices(): Promise<readonly DeviceProbe[]> {
  return [await probe('cpu'), await probe('cuda'), await probe('webgpu')]
}

/**
 * Decides where to compute.
 *
 * `auto` takes CUDA where it works, then WebGPU if it multiplies matrices at least twice as fast as the CPU (measured,
 * so that no software adapter is taken), else the CPU. Where there are neither CUDA libraries nor a GPU's device node,
 * it finds out without starting a process.
 *
 * @throws UnsupportedError `DEVICE_UNAVAILABLE` when an explicit request cannot be met.
 */
export async function chooseDevice(request: DeviceRequest): Promise<DeviceChoice> {
  if (request === 'cpu') return { device: 'cpu', rejected: [], warnings: [] }
  if (request === 'auto') return chooseBest()
  const result = await probe(request)
  if (!result.available) {
    throw new UnsupportedError({
      code: 'DEVICE_UNAVAILABLE',
      message: `The device '${request}' cannot be used here: ${result.reason}.`,
      fix: remedies[request],
    })
  }
  const slow = request === 'webgpu' ? await whySlow(result.milliseconds) : undefined
  return { device: request, rejected: [], warnings: slow === undefined ? [] : [`The device 'webgpu' ${slow}.`] }
}

async function chooseBest(): Promise<DeviceChoice> {
  const rejected: { name: string; reason: string }[] = []
  for (const device of ['cuda', 'webgpu'] as const) {
    const absent = device === 'webgpu' ? whyNoGpu() : undefined
    const result = absent === undefined ? await probe(device) : { available: false as const, reason: absent }
    const reason = result.available
      ? device === 'webgpu'
        ? await whySlow(result.milliseconds)
        : undefined
      : result.reason
    if (reason === undefined) return { device, rejected, warnings: [] }
    rejected.push({ name: device, reason })
  }
  return { device: 'cpu', rejected, warnings: [] }
}

async function probe(device: Device): Promise<DeviceProbe> {
  const reason = device === 'cuda' ? whyNoCuda() : undefined
  return reason === undefined ? probeDevice(device) : { device, available: false, reason }
}

async function whySlow(milliseconds: number): Promise<string | undefined> {
  const cpu = await probe('cpu')
  if (!cpu.available || milliseconds * WORTHWHILE_SPEEDUP <= cpu.milliseconds) return undefined
  const [own, others] = [milliseconds.toFixed(1), cpu.milliseconds.toFixed(1)]
  return `multiplies 1024 × 1024 matrices in ${own} ms, ${availableParallelism()} CPU threads in ${others} ms: a software or very small adapter`
}

/** ONNX Runtime loads its CUDA provider from the folder of its binding; without that file there is nothing to try. */
function whyNoCuda(): string | undefined {
  if (process.platform === 'darwin') return 'there is no CUDA on macOS'
  const file = process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so'
  const packageRoot = join(createRequire(import.meta.url).resolve('onnxruntime-node'), '../..')
  const path = join(packageRoot, 'bin/napi-v6', process.platform, process.arch, file)
  return existsSync(path) ? undefined : `onnxruntime-node was installed without its CUDA libraries (no ${file})`
}

/** On Linux a GPU has a device node; elsewhere only a probe tells. */
function whyNoGpu(): string | undefined {
  if (process.platform !== 'linux') return undefined
  const renderNode = existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD'))
  // WSL offers its GPU as /dev/dxg.
  const present = renderNode || existsSync('/dev/nvidia0') || existsSync('/dev/dxg')
  return present ? undefined : 'there is no GPU (no /dev/dri/renderD*, /dev/nvidia0 or /dev/dxg)'
}
