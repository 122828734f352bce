import { existsSync } from 'node:fs'
import { RunFolder, readHistory } from '@gantry/runs/config'
import { describeReached, formatSeconds, table, verdictLines } from '../text/index.ts'
import type { Inspection } from './inspection.ts'

/** Configuration and history of a run, as far as it got. */
export async function inspectRun(path: string): Promise<Inspection> {
  const run = await RunFolder.open(path)
  const history = await readHistory(run)
  const { steps, step, outcome, seconds, verdicts, health } = history
  const checkpoints = await run.checkpoints.list()
  const generator = existsSync(run.generatorPath) ? run.generatorPath : null
  const last = steps.at(-1)
  const { options, dataOptions, bind, ...config } = run.config
  return {
    result: {
      kind: 'run',
      run: path,
      outcome,
      step,
      ...(run.origin !== undefined && { origin: run.origin }),
      scalars: last?.scalars ?? {},
      health: health.at(-1) ?? null,
      verdicts,
      config: run.config,
      data: run.data ?? null,
      checkpoints,
      generator,
    },
    lines: [
      `${run.name}: ${config.variant} on ${config.data}, ${describeReached(run, history)}`,
      ...verdictLines(history).map((line) => `  ${line}`),
      ...table([
        ...(last ? [['time', formatSeconds(seconds)]] : []),
        ...Object.entries(last?.scalars ?? {}).map(([name, value]) => [name, value.toFixed(4)]),
        ['newest checkpoint', checkpoints.at(-1) ?? 'none'],
        ['generator', generator ?? 'none'],
        ...Object.entries(run.data?.binding ?? bind).map(([slot, field]) => [slot, `the field '${field}' of the data`]),
        ...Object.entries({ ...config, ...dataOptions, ...options }).map(([key, value]) => [key, String(value)]),
      ]),
    ],
  }
}
