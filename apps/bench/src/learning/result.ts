import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { DataError } from '@gantry/core'
import { writeFileAtomically } from '@gantry/files'
import { z } from 'zod'
import { type LearningRun, settingsOf } from './learning-run.ts'

const scores = z.record(z.string(), z.number())

const resultSchema = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  settings: z.looseObject({ variant: z.string(), data: z.string(), seed: z.number() }),
  engine: z.string(),
  threads: z.number(),
  machine: z.string(),
  date: z.string(),
  /** Programs that wanted to run besides, on average, when training began. */
  load: z.number(),
  /** Steps that were done, which may be fewer than were asked for: see `minutes` of the settings. */
  steps: z.number(),
  /** Of training, without start, export and scoring. */
  seconds: z.number(),
  /** How samples were scored: the same for every number here. */
  protocol: z.string(),
  scores,
  /** The same of what is no model, by name: an identity, the nearest of the training samples. */
  baselines: z.record(z.string(), scores).optional(),
  /** The first score on the way, of fewer samples: these compare with each other, not with `scores`. */
  curve: z.array(z.strictObject({ step: z.number(), seconds: z.number(), value: z.number() })),
  curveCount: z.number(),
  /** What was said of the run while it trained, whether or not it held to the end; absent where nobody watched. */
  verdicts: z.array(z.string()).optional(),
})

/** What a run is worth. */
export type RunScores = Pick<LearningResult, 'scores' | 'baselines'>

/** What a run came to. */
export type LearningResult = z.infer<typeof resultSchema>

/** Results of runs, one JSON file each: they are part of the repository, so that hours of work are done once. */
export class Results {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
  }

  path(id: string): string {
    return join(this.#folder, `${id}.json`)
  }

  /**
   * The result of a run; undefined where there is none, or one of other settings.
   *
   * @throws DataError `RESULT_UNREADABLE`
   */
  read(run: LearningRun): LearningResult | undefined {
    const result = this.#parse(run.id)
    if (result === undefined) return undefined
    const wanted = JSON.parse(JSON.stringify(settingsOf(run)))
    return isDeepStrictEqual(result.settings, wanted) ? result : undefined
  }

  async write(result: LearningResult): Promise<void> {
    await writeFileAtomically(this.path(result.id), `${JSON.stringify(result, null, 2)}\n`)
  }

  /** Results that belong to none of these runs: of settings that are no longer asked for. */
  strangers(runs: readonly LearningRun[]): string[] {
    const known = new Set(runs.map(({ id }) => `${id}.json`))
    return readdirSync(this.#folder).filter((name) => name.endsWith('.json') && !known.has(name))
  }

  #parse(id: string): LearningResult | undefined {
    const path = this.path(id)
    if (!existsSync(path)) return undefined
    try {
      return resultSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
    } catch (cause) {
      throw new DataError({
        code: 'RESULT_UNREADABLE',
        message: `The result in ${path} cannot be read.`,
        fix: 'Remove the file: the run is scored again from its folder, or trained again where that is gone.',
        cause,
      })
    }
  }
}
