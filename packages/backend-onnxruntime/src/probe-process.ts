import type { Device } from '@gantry/core'
import { sessionOptions } from './engine-settings.ts'
import { OrtSession, OrtTensor } from './ort.ts'
import type { ProbeAnswer } from './probe-device.ts'
import { probeModel } from './probe-model.ts'

// The entry of the child process in which a device is tried: a driver that crashes or hangs takes only this down.

const SIDE = 1024
const SMALL_SIDE = 256
/** Every GPU does the small product in a few milliseconds; SwiftShader on 2 cores needs 60 to 300. */
const HOPELESS_MILLISECONDS = 50

async function measure(device: Device, threads: number): Promise<number> {
  const session = await OrtSession.create(probeModel, sessionOptions({ device, threads }))
  const fastest = async (side: number): Promise<number> => {
    const x = new OrtTensor('float32', new Float32Array(side * side).fill(1 / side), [side, side])
    const times: number[] = []
    // The first run compiles shaders and starts threads.
    for (let run = 0; run < 4; run++) {
      const start = performance.now()
      await session.run({ x })
      times.push(performance.now() - start)
    }
    return Math.min(...times)
  }
  const small = await fastest(SMALL_SIDE)
  // The full product would take such an adapter seconds: up to 15 on a busy machine.
  return small > HOPELESS_MILLISECONDS ? small * (SIDE / SMALL_SIDE) ** 3 : fastest(SIDE)
}

const [device, threads] = process.argv.slice(2) as [Device, string]
let answer: ProbeAnswer
try {
  answer = { milliseconds: await measure(device, Number(threads)) }
} catch (cause) {
  answer = { reason: cause instanceof Error ? cause.message : String(cause) }
}
process.send!(answer, () => process.exit())
