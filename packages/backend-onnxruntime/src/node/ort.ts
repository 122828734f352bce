import { UnsupportedError } from '@gantry/core'
import type * as OnnxRuntime from 'onnxruntime-common'
import { version as wanted } from '../wanted-version.ts'

const { InferenceSession, Tensor, env } = await load()

export type InferenceSession = OnnxRuntime.InferenceSession
export type Tensor = OnnxRuntime.Tensor
export { InferenceSession, Tensor }

const { common, node = common } = env.versions

/** ONNX Runtime's own. */
export const version: string = node

/**
 * The package is an optional dependency: its install script downloads CUDA libraries, and where their host is blocked npm
 * would otherwise take back all that was installed with it.
 */
async function load(): Promise<typeof OnnxRuntime> {
  try {
    return await import('onnxruntime-node')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw new UnsupportedError(
      code === 'ERR_MODULE_NOT_FOUND'
        ? {
            code: 'ENGINE_NOT_INSTALLED',
            message:
              'onnxruntime-node is not installed: npm leaves it out where its install script cannot download CUDA libraries.',
            fix: `Install it without them: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@${wanted} (with -g if Gantry was installed so).`,
            cause,
          }
        : {
            code: 'ENGINE_NOT_LOADED',
            message: `onnxruntime-node ${wanted} does not load: ${message}`,
            fix: 'Install it again on this machine: it has binaries for Windows, macOS and Linux with glibc, on x64 and arm64.',
            cause,
          },
    )
  }
}
