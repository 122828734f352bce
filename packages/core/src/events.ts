import type { EngineReport } from './backend.ts'

/** Version of the events below, as `start` events carry it. Version 1, which carried none, had `imagesPerSecond`. */
export const EVENTS_VERSION = 2

/** What happens during a training run, in order; one JSON line each in `events.jsonl`. */
export type RunEvent =
  | {
      readonly type: 'start'
      readonly eventsVersion: typeof EVENTS_VERSION
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
      readonly samplesPerSecond: number
    }
  /** A model of several stages has gone on to this one, which took so long to build and compile. */
  | { readonly type: 'stage'; readonly step: number; readonly stage: string; readonly secondsToPrepare?: number }
  /** Scores of the generator as it is: `fid`, `precision` … */
  | { readonly type: 'score'; readonly step: number; readonly scores: Readonly<Record<string, number>> }
  /** How training goes, in numbers by name: accuracies of the discriminator, norms, diversity of the samples. */
  | { readonly type: 'health'; readonly step: number; readonly readings: Readonly<Record<string, number>> }
  /** What these numbers mean: a named failure of training, or its success; or that one no longer holds. */
  | ({ readonly type: 'verdict'; readonly step: number } & Verdict)
  | { readonly type: 'sample'; readonly step: number; readonly path: string }
  | { readonly type: 'checkpoint'; readonly step: number; readonly path: string }
  | { readonly type: 'export'; readonly step: number; readonly path: string; readonly parityError: number }
  /** After numbers that are not finite the run goes on from an earlier checkpoint, with these options lowered. */
  | {
      readonly type: 'rollback'
      /** That of the checkpoint, or 0. */
      readonly step: number
      readonly message: string
      readonly options: Readonly<Record<string, number>>
    }
  | { readonly type: 'warning'; readonly step: number; readonly message: string }
  | {
      readonly type: 'end'
      readonly step: number
      readonly outcome: 'finished' | 'interrupted' | 'failed'
      readonly message?: string
    }

/** What a run suffers from, or has reached. */
export interface Verdict {
  /** `mode-collapse`, `convergence` … */
  readonly verdict: string
  /** Whether it still holds. */
  readonly holds: boolean
  /** The first step at which it held. */
  readonly since: number
  /** One sentence. */
  readonly message: string
  /** The numbers that it follows from, by name. */
  readonly evidence: Readonly<Record<string, number>>
  /** What may help: settings of the run, and why. */
  readonly remedies: readonly Remedy[]
}

/** Something to try against a verdict. */
export interface Remedy {
  /** Options by name with the value to try: as `--set` takes them. */
  readonly set: Readonly<Record<string, string | number | boolean | readonly string[]>>
  /** What it does, in half a sentence. */
  readonly why: string
}

export type RunEventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>

/** What an event of each type must have beside its step, and as what, to be read as one. */
const REQUIRED: Readonly<Record<string, Readonly<Record<string, 'number' | 'string' | 'object' | 'boolean'>>>> = {
  start: { steps: 'number', batchSize: 'number', engine: 'object' },
  step: { steps: 'number', scalars: 'object', secondsElapsed: 'number' },
  stage: { stage: 'string' },
  score: { scores: 'object' },
  health: { readings: 'object' },
  verdict: {
    ...{ verdict: 'string', holds: 'boolean', since: 'number', message: 'string' },
    ...{ evidence: 'object', remedies: 'object' },
  },
  rollback: { message: 'string', options: 'object' },
  sample: { path: 'string' },
  checkpoint: { path: 'string' },
  export: { path: 'string' },
  warning: { message: 'string' },
  end: { outcome: 'string' },
}

/** Whether something that was read is an event of any version: logs of killed and meddled runs hold other things, too. */
export function isEvent(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const event = value as Readonly<Record<string, unknown>>
  const type = String(event.type)
  const required = Object.hasOwn(REQUIRED, type) ? REQUIRED[type] : undefined
  if (required === undefined || typeof event.step !== 'number') return false
  return Object.entries(required).every(([name, type]) => typeof event[name] === type && event[name] !== null)
}

/** An event of any version as one of today's. */
export function upgradeEvent(event: Readonly<Record<string, unknown>>): RunEvent {
  if (event.type === 'start') return { ...event, eventsVersion: EVENTS_VERSION } as unknown as RunEvent
  if (event.type !== 'step' || !('imagesPerSecond' in event)) return event as unknown as RunEvent
  const { imagesPerSecond, ...rest } = event
  return { ...rest, samplesPerSecond: imagesPerSecond } as unknown as RunEvent
}
