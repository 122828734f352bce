import type { Remedy, RunEvent, Verdict } from '@gantry/core'
import type { Look } from '../readings/readings.ts'
import { divergence } from './divergence.ts'
import { verdictRules } from './registry.ts'
import type { Options, RemedyRule, VerdictRule } from './verdict-rule.ts'

export interface DiagnosisOptions {
  /** Options that the run trains with; a remedy is offered where the run has its options and they have other values. */
  readonly options?: Options
  /** Names of the options that the run could have; default: those of `options`. */
  readonly known?: readonly string[]
  /** What an earlier attempt at the run has told: its `health` and `verdict` events. */
  readonly events?: readonly RunEvent[]
  readonly rules?: readonly VerdictRule[]
}

/** At most this many remedies a verdict. */
const REMEDIES = 3

/**
 * Tells what a run suffers from, look by look.
 *
 * @example
 * ```ts
 * const diagnosis = new Diagnosis({ options: config.options })
 * for (const { step, readings } of health) for (const verdict of diagnosis.look({ step, readings })) console.log(verdict.message)
 * ```
 */
export class Diagnosis {
  readonly #options: Options
  readonly #known: readonly string[]
  readonly #rules: readonly VerdictRule[]
  readonly #looks: Look[] = []
  /** By rule: for how many looks it has shown, or has not shown where it was told, and since which step. */
  readonly #counts = new Map<string, { readonly since: number; readonly count: number }>()
  readonly #told = new Map<string, Verdict>()
  /** Names of those that were told of other options than the run has now. */
  readonly #outdated = new Set<string>()

  constructor({
    options = {},
    known = Object.keys(options),
    events = [],
    rules = verdictRules,
  }: DiagnosisOptions = {}) {
    this.#options = options
    this.#known = known
    this.#rules = rules
    const stages: number[] = []
    for (const event of events) {
      if (event.type === 'stage') stages.push(event.step)
      if (event.type === 'health') {
        const { step, readings } = event
        // An attempt that was killed after a border may be followed by one from before it.
        this.look({ step, readings, stageFrom: Math.max(0, ...stages.filter((from) => from < step)) })
      }
      // What was told counts, by whatever rules: a loss that was not finite shows in no reading.
      if (event.type === 'verdict' && event.holds) this.#told.set(event.verdict, event)
      if (event.type === 'verdict' && !event.holds) this.#told.delete(event.verdict)
    }
    for (const { verdict, remedies } of this.#told.values()) {
      if (JSON.stringify(remedies) !== JSON.stringify(this.#remediesFor(verdict))) this.#outdated.add(verdict)
    }
  }

  /** Those that hold. */
  get verdicts(): readonly Verdict[] {
    return [...this.#told.values()]
  }

  /**
   * @returns verdicts that begin to hold, those that no longer do, and those that hold and have other remedies since the run was
   * given other options
   */
  look(look: Look): Verdict[] {
    const { step, stageFrom = 0 } = look
    // A run that was killed goes on from a checkpoint, and comes by some steps again.
    while (this.#looks.length > 0 && this.#looks.at(-1)!.step >= step) this.#looks.pop()
    this.#looks.push(look)
    // Another stage is another game: its numbers are measured by their own past.
    const looks = this.#looks.filter((each) => each.step > stageFrom)
    const news = this.#rules.flatMap((rule) => this.#judge(rule, looks, step))
    return [...news, ...this.#restated()]
  }

  #restated(): Verdict[] {
    const restated = [...this.#outdated].flatMap((name) => {
      const told = this.#told.get(name)
      return told === undefined ? [] : [{ ...told, remedies: this.#remediesFor(name) }]
    })
    this.#outdated.clear()
    for (const verdict of restated) this.#told.set(verdict.verdict, verdict)
    return restated
  }

  #remediesFor(verdict: string): Remedy[] {
    const rule = this.#rules.find(({ name }) => name === verdict)
    return rule === undefined ? [] : remediesFor(rule.remedies, this.#options, this.#known)
  }

  #judge(rule: VerdictRule, looks: readonly Look[], step: number): Verdict[] {
    const { name } = rule
    const evidence = looks.length > rule.warmUp ? rule.shows(looks, this.#options) : undefined
    const told = this.#told.get(name)
    // What counts is that it differs from what was told last.
    if ((evidence === undefined) === (told === undefined)) {
      this.#counts.delete(name)
      return []
    }
    const { since, count } = this.#counts.get(name) ?? { since: step, count: 0 }
    this.#counts.set(name, { since, count: count + 1 })
    if (count + 1 < rule.looks) return []
    this.#counts.delete(name)
    if (told !== undefined) {
      this.#told.delete(name)
      return [{ ...told, holds: false }]
    }
    const verdict: Verdict = {
      ...{ verdict: name, holds: true, since, message: rule.message(evidence!), evidence: evidence! },
      remedies: this.#remediesFor(name),
    }
    this.#told.set(name, verdict)
    return [verdict]
  }
}

/** What helps a run with these options: remedies that set options which it has. */
function remediesFor(rules: readonly RemedyRule[], options: Options, known: readonly string[]): Remedy[] {
  const offered = rules.flatMap(({ set: choose, why }) => {
    const set = choose(options)
    return set && Object.keys(set).every((name) => known.includes(name)) ? [{ set, why }] : []
  })
  return offered.slice(0, REMEDIES)
}

/** The verdict on a run that came to numbers which are not finite. */
export function notFinite(
  step: number,
  message: string,
  { options = {}, known = Object.keys(options) }: Pick<DiagnosisOptions, 'options' | 'known'>,
): Verdict {
  const { name, remedies } = divergence
  return {
    ...{ verdict: name, holds: true, since: step, message, evidence: {} },
    remedies: remediesFor(remedies, options, known),
  }
}
