import { type EngineSettings, sessionOptions } from './engine-settings.ts'
import { OrtSession, OrtTensor } from './ort.ts'
import { probeModel } from './probe-model.ts'

const SIDE = 1024
const SMALL_SIDE = 256
/** Every GPU does the small product in a few milliseconds; SwiftShader on 2 cores needs 60 to 300. */
const HOPELESS_MILLISECONDS = 50

/** Tries a device, in a process or worker that a driver may take down. */
export class ProbeHost {
  readonly #settings: EngineSettings

  constructor(settings: EngineSettings) {
    this.#settings = settings
  }

  /** Milliseconds of a product of two 1024 × 1024 float32 matrices, with their way to the device and back. */
  async measure(): Promise<number> {
    const session = await OrtSession.create(probeModel, sessionOptions(this.#settings))
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
}
