import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Device } from '@gantry/core'
import { builtFile } from './built-file.ts'
import { whyNoCuda } from './device-signs.ts'

/** What the child process answers. */
export type ProbeAnswer = { readonly milliseconds: number } | { readonly reason: string }

/** Whether a device computes, and how fast. */
export type DeviceProbe =
  /** `milliseconds`: the product of two 1024 × 1024 float32 matrices, with their way to the device and back; estimated from a smaller one where that is slow. */
  | { readonly device: Device; readonly available: true; readonly milliseconds: number }
  | { readonly device: Device; readonly available: false; readonly reason: string }

// The CPU answers in 0.4 s, SwiftShader on 2 busy cores in 5 s; a driver that needs longer than this hangs.
const TIME_LIMIT_MILLISECONDS = 15_000

const probes = new Map<Device, Promise<DeviceProbe>>()

/** Tries a device in a child process, once in the life of this process. Never rejects. */
export function probeDevice(device: Device): Promise<DeviceProbe> {
  const known = probes.get(device)
  if (known !== undefined) return known
  const probe = askOnce(device)
  probes.set(device, probe)
  return probe
}

/** Tries every device: for `gantry doctor` and the list of engines. Takes a second, and more where a GPU has to be started. */
export async function probeDevices(): Promise<readonly DeviceProbe[]> {
  // One after another: each is timed.
  return [await probeDevice('cpu'), await probeDevice('cuda'), await probeDevice('webgpu')]
}

async function askOnce(device: Device): Promise<DeviceProbe> {
  const absence = device === 'cuda' ? whyNoCuda() : undefined
  const answer = absence === undefined ? await askChild(device) : { reason: absence }
  return 'reason' in answer
    ? { device, available: false, reason: answer.reason }
    : { device, available: true, milliseconds: answer.milliseconds }
}

function askChild(device: Device): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    let child: ReturnType<typeof fork>
    try {
      child = fork(fileURLToPath(builtFile('probe-process')), [device, String(availableParallelism())], {
        // Without the parent's flags, see WorkerClient.
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
