import type { Device } from '@gantry/core'
import { sessionOptions } from './engine-settings.ts'
import { OrtSession, OrtTensor } from './ort.ts'
import type { ProbeAnswer } from './probe-device.ts'
import { probeModel } from './probe-model.ts'

// The entry of the child process in which a device is tried: a driver that crashes or hangs takes only this down.

const SIDE = 1024
const RUNS = 4
/** A software adapter takes seconds for one product; it need not be asked again. */
const ENOUGH_MILLISECONDS = 1_000

async function measure(device: Device, threads: number): Promise<number> {
  const session = await OrtSession.create(probeModel, sessionOptions({ device, threads }))
  const x = new OrtTensor('float32', new Float32Array(SIDE * SIDE).fill(1 / SIDE), [SIDE, SIDE])
  const start = performance.now()
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < RUNS && performance.now() - start < ENOUGH_MILLISECONDS; run++) {
    const before = performance.now()
    await session.run({ x })
    best = Math.min(best, performance.now() - before)
  }
  await session.release()
  return best
}

const [device, threads] = process.argv.slice(2) as [Device, string]
let answer: ProbeAnswer
try {
  answer = { milliseconds: await measure(device, Number(threads)) }
} catch (cause) {
  answer = { reason: cause instanceof Error ? cause.message : String(cause) }
}
process.send!(answer, () => process.exit())
