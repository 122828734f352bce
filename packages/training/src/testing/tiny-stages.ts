import type { State } from '@gantry/core'
import type { Stage } from '../stages.ts'
import { ExtendedSession } from './extended-session.ts'
import { type TinyOptions, tinyModel } from './tiny-session.ts'

/** What stages of the tiny model have done: `open NAME`, `PHASE of NAME` and `close NAME`. */
export class StagesLog {
  readonly lines: string[] = []
  /** Sessions that were open at once, at the most. */
  mostOpen = 0
  /** The state that a stage had before its first phase ran, by stage. */
  readonly begun: Record<string, State> = {}
  /** The state that a stage had when it was closed, by stage. */
  readonly ended: Record<string, State> = {}
  #open = 0

  add(line: string): void {
    this.lines.push(line)
    this.#open += line.startsWith('open') ? 1 : line.startsWith('close') ? -1 : 0
    this.mostOpen = Math.max(this.mostOpen, this.#open)
  }
}

type Plan = Pick<Stage, 'name' | 'steps' | 'startsAnew'> & { readonly more?: State }

/** A stage that trains the tiny model, with more state of its own. */
export function tinyStage(options: TinyOptions, { more = {}, ...plan }: Plan, log = new StagesLog()): Stage {
  let session: ExtendedSession | undefined
  return {
    ...plan,
    open: async () => {
      log.add(`open ${plan.name}`)
      const opened = new ExtendedSession(options, more)
      session = opened
      const run = opened.run.bind(opened)
      opened.run = async (phase, feeds) => {
        log.begun[plan.name] ??= await opened.readState()
        log.add(`${phase} of ${plan.name}`)
        return run(phase, feeds)
      }
      return { model: { ...tinyModel(options), name: `tiny-${plan.name}` }, session: opened }
    },
    close: async () => {
      log.ended[plan.name] = await session!.readState()
      log.add(`close ${plan.name}`)
    },
  }
}
