import type { Remedy, RunEventOf, Verdict } from '@gantry/core'
import type { RunHistory } from '@gantry/runs/config'

/** A verdict in lines: what it is, and what to try. */
export function describeVerdict({ verdict, holds, since, message, remedies }: Verdict): string[] {
  if (!holds) return [`${wordsOf(verdict)}: no longer, after it had shown from step ${since} on`]
  return [
    `${wordsOf(verdict)} since step ${since}: ${message}`,
    ...remedies.map((remedy) => `  try in a new run ${describeRemedy(remedy)}: ${remedy.why}`),
  ]
}

/** A verdict that no longer holds, and when it did. */
export function describeOver({ verdict, since, step, message }: RunEventOf<'verdict'>): string {
  return `over: ${wordsOf(verdict)}, from step ${since} to ${step}: ${message}`
}

/** As a shell takes it: `--set r1=1 --set discriminatorNormalization=none`. */
export function describeRemedy({ set }: Remedy): string {
  return Object.entries(set)
    .map(([name, value]) => {
      const assignment = `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`
      return `--set ${/^[\w=.:-]+$/.test(assignment) ? assignment : `'${assignment}'`}`
    })
    .join(' ')
}

export function describeRollback({ message, options }: RunEventOf<'rollback'>): string {
  const rates = Object.entries(options).map(([name, value]) => `${name} ${value}`)
  return `${message} ${rates.length === 0 ? '' : `From here on: ${rates.join(', ')}.`}`.trim()
}

/** `mode-collapse` as people say it. */
export const wordsOf = (verdict: string) => verdict.replaceAll('-', ' ')

/** What a run suffers from, in lines; a run that nobody has watched says so. */
export function verdictLines({ verdicts, health, steps }: Pick<RunHistory, 'verdicts' | 'health' | 'steps'>): string[] {
  if (verdicts.length > 0)
    return verdicts.flatMap((event) => (event.holds ? describeVerdict(event) : [describeOver(event)]))
  if (health.length > 0)
    return [
      `no verdict after ${health.length} look${health.length === 1 ? '' : 's'}, the last at step ${health.at(-1)!.step}`,
    ]
  return steps.length === 0 ? [] : ['no verdict: nobody has looked at the health of this run']
}
