import type { Device } from '@gantry/core'
import type { ProbeAnswer } from '../probe-device.ts'
import { ProbeHost } from '../probe-host.ts'

// The entry of the child process in which a device is tried: a driver that crashes or hangs takes only this down.

const [device, threads] = process.argv.slice(2) as [Device, string]
let answer: ProbeAnswer
try {
  answer = { milliseconds: await new ProbeHost({ device, threads: Number(threads) }).measure() }
} catch (cause) {
  answer = { reason: cause instanceof Error ? cause.message : String(cause) }
}
process.send!(answer, () => process.exit())
