/** A line of ONNX Runtime's profile; times are microseconds. */
export interface ProfileEvent {
  readonly cat: string
  readonly name: string
  readonly ts: number
  readonly dur: number
  readonly args?: Readonly<Record<string, unknown>>
}

/** Average time a run, and number of nodes, of every kind of node; the first run, which warms up, is left out. */
export function timeByOperator(
  events: readonly ProfileEvent[],
): Map<string, { readonly milliseconds: number; readonly nodes: number }> {
  const [, ...runs] = events.filter(({ name }) => name === 'model_run').sort((left, right) => left.ts - right.ts)
  const byOperator = new Map<string, { microseconds: number; calls: number }>()
  for (const { cat, name, ts, dur, args } of events) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time') || runs.length === 0 || ts < runs[0]!.ts) continue
    const operator = String(args?.op_name)
    const { microseconds = 0, calls = 0 } = byOperator.get(operator) ?? {}
    byOperator.set(operator, { microseconds: microseconds + dur, calls: calls + 1 })
  }
  return new Map(
    [...byOperator].map(([operator, { microseconds, calls }]) => [
      operator,
      { milliseconds: microseconds / runs.length / 1000, nodes: calls / runs.length },
    ]),
  )
}
