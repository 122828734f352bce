import type { EngineReport } from './backend.ts'

/** What happens during a training run, in order; one JSON line each in `events.jsonl`. */
export type RunEvent =
  | {
      readonly type: 'start'
      readonly step: number
      readonly steps: number
      readonly batchSize: number
      readonly engine: EngineReport
    }
  | {
      readonly type: 'step'
      /** Steps finished so far. */
      readonly step: number
      readonly steps: number
      /** Named scalars of the phases that ran: losses, D(x), D(G(z)). */
      readonly scalars: Readonly<Record<string, number>>
      /** Since the run started or was resumed. */
      readonly secondsElapsed: number
      readonly imagesPerSecond: number
    }
  | { readonly type: 'sample'; readonly step: number; readonly path: string }
  | { readonly type: 'checkpoint'; readonly step: number; readonly path: string }
  | { readonly type: 'export'; readonly step: number; readonly path: string; readonly parityError: number }
  | { readonly type: 'warning'; readonly step: number; readonly message: string }
  | {
      readonly type: 'end'
      readonly step: number
      readonly outcome: 'finished' | 'interrupted' | 'failed'
      readonly message?: string
    }

export type RunEventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>
