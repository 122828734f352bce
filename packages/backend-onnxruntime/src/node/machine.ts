import type { Device } from '@gantry/core'

export { availableParallelism as cores } from 'node:os'
export { whyNoGpu } from './device-signs.ts'

/** Why sessions cannot have more than one thread. Nothing keeps a Node process from it. */
export function whyOneThread(): string | undefined {
  return undefined
}

/** What helps where a device is missing. */
export const remedies: Readonly<Record<Device, string>> = {
  cpu: 'Install onnxruntime-node again: its binding does not load.',
  cuda: "Install an NVIDIA driver with CUDA, cuDNN and onnxruntime-node's CUDA libraries, which its install script downloads, or use the device 'cpu'.",
  webgpu: "Install a GPU driver with Vulkan (libvulkan1), Metal or Direct3D 12, or use the device 'cpu'.",
}
