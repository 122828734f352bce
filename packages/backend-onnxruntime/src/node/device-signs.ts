import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** ONNX Runtime loads its CUDA provider from the folder of its binding; without that file there is nothing to try. */
export function whyNoCuda(): string | undefined {
  if (process.platform === 'darwin') return 'there is no CUDA on macOS'
  const file = process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so'
  const packageRoot = join(createRequire(import.meta.url).resolve('onnxruntime-node'), '../..')
  const path = join(packageRoot, 'bin/napi-v6', process.platform, process.arch, file)
  return existsSync(path) ? undefined : `onnxruntime-node was installed without its CUDA libraries (no ${file})`
}

/** On Linux a GPU has a device node; elsewhere only a probe tells. */
export function whyNoGpu(): string | undefined {
  if (process.platform !== 'linux') return undefined
  const renderNode = existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD'))
  // WSL offers its GPU as /dev/dxg.
  const present = renderNode || existsSync('/dev/nvidia0') || existsSync('/dev/dxg')
  return present ? undefined : 'there is no GPU (no /dev/dri/renderD*, /dev/nvidia0 or /dev/dxg)'
}
