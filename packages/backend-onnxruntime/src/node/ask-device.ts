import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Device } from '@gantry/core'
import type { ProbeAnswer } from '../probe-device.ts'
import type { WasmPaths } from '../wasm-paths.ts'
import { builtFile } from './built-file.ts'
import { whyNoCuda } from './device-signs.ts'

// The CPU answers in 0.4 s, SwiftShader on 2 busy cores in 5 s; a driver that needs longer than this hangs.
const TIME_LIMIT_MILLISECONDS = 15_000

/** Tries a device in a child process. Never rejects. */
export async function askDevice(device: Device, _wasmPaths?: WasmPaths): Promise<ProbeAnswer> {
  const absence = device === 'cuda' ? whyNoCuda() : undefined
  return absence === undefined ? askChild(device) : { reason: absence }
}

function askChild(device: Device): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    let child: ReturnType<typeof fork>
    try {
      child = fork(fileURLToPath(builtFile('probe-process')), [device, String(availableParallelism())], {
        // Without the parent's flags, see startThread.
        execArgv: [],
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        timeout: TIME_LIMIT_MILLISECONDS,
        killSignal: 'SIGKILL',
      })
    } catch (cause) {
      resolve({ reason: (cause as Error).message })
      return
    }
    // Drivers and loaders explain themselves there, and nowhere else: 'Couldn't load Vulkan: libvulkan.so.1 …'.
    let complaints = ''
    child.stderr?.on('data', (text) => {
      complaints += text
    })
    let answer: ProbeAnswer | undefined
    child.on('message', (message: ProbeAnswer) => {
      answer = message
    })
    child.on('error', (error) => resolve({ reason: error.message }))
    child.on('close', (code, signal) => {
      const ending = signal === 'SIGKILL' ? `it gave no answer within ${TIME_LIMIT_MILLISECONDS / 1000} s` : undefined
      const final = answer ?? { reason: ending ?? `probing it ended with ${signal ?? `exit code ${code}`}` }
      resolve('reason' in final ? { reason: summarise(final.reason, complaints) } : final)
    })
  })
}

/** ONNX Runtime's message without its source locations, and the first line of what else was said. */
function summarise(reason: string, complaints: string): string {
  const core = reason.replace(/^.* was false\. /s, '').trim()
  const complaint = complaints.split('\n')[0]!.trim()
  return complaint === '' ? core : `${core} (${complaint})`
}
