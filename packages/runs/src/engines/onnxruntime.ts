import { type DeviceRequest, GantryError } from '@gantry/core'
import type { Engine } from './engine.ts'

/** Compiled training steps on ONNX Runtime. */
export const onnxruntime: Engine = {
  name: 'onnxruntime',
  devices: ['cpu', 'webgpu', 'cuda'],
  portableDevice: 'cpu',

  async list() {
    const loaded = await import('@gantry/backend-onnxruntime').catch((error: unknown) => {
      if (GantryError.isInstance(error)) return error
      throw error
    })
    if (GantryError.isInstance(loaded))
      return [{ name: 'onnxruntime', device: 'cpu', available: false, detail: loaded.message }]
    const { probeDevices } = loaded
    // In child processes, since a driver can take its process down.
    return (await probeDevices()).map((probe) => ({
      name: 'onnxruntime',
      device: probe.device,
      available: probe.available,
      detail: probe.available ? `1024 × 1024 matrix product in ${probe.milliseconds.toFixed(1)} ms` : probe.reason,
    }))
  },

  async prepare(model, device, threads) {
    const [{ compileModel }, { createOnnxRuntimeTraining }] = await Promise.all([
      import('@gantry/compiler'),
      import('@gantry/backend-onnxruntime'),
    ])
    const backend = createOnnxRuntimeTraining({
      device: device as DeviceRequest,
      ...(threads !== undefined && { threads }),
    })
    // GPUs have fast convolutions of their own.
    const convolutions = (await backend.device()) === 'cpu' ? 'fast' : 'direct'
    return backend.prepare(await compileModel(model, { convolutions, moveVariables: true }))
  },
}
