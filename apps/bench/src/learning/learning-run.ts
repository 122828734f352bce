/** A training run of the learning bench: what is trained, on what, for how long. */
export interface LearningRun {
  /** `cgan-mnist-1`: also the name of its folder and of its result. */
  readonly id: string
  /** The table that it belongs to, and its row there: runs of one row differ in their seed alone. */
  readonly table: string
  readonly row: string
  readonly variant: string
  readonly data: string
  readonly seed: number
  readonly batchSize: number
  readonly steps: number
  /** Other settings of the run: options of its data, what it is validated on. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Of the variant. */
  readonly options: Readonly<Record<string, unknown>>
  /** Minutes of training at the most: a run that has not done its steps by then ends there, and its result says so. */
  readonly minutes: number
  /** The run whose generator this one starts from. */
  readonly startsFrom?: string
  /** A run of ours that a plain PyTorch script repeats: same network, same start, same recipe, for as long as ours took. */
  readonly twinOf?: string
}

/** Moments on the way that are scored. */
export const MOMENTS = 8

/** What one run is asked for: everything that distinguishes its result from another's. */
export function settingsOf({ variant, data, seed, batchSize, steps, settings, options, minutes }: LearningRun) {
  return { variant, data, seed, batchSize, steps, ...settings, options, minutes }
}
