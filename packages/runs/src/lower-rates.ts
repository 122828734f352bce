/** Step sizes, which decide nothing but the pace: they may be lower when a run goes on. */
const LEARNING_RATE = /learningRate$/i

type Options = Readonly<Record<string, unknown>>

export const isRate = (name: string) => LEARNING_RATE.test(name)

/** All learning rates among the options, times a factor. */
export function ratesTimes(factor: number, options: Options): Record<string, number> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) =>
      isRate(name) && typeof value === 'number' ? [[name, value * factor]] : [],
    ),
  )
}

/** Whether an option may have this value when a run goes on that had another. */
export function mayBeLowered(name: string, before: unknown, now: unknown): boolean {
  return isRate(name) && typeof before === 'number' && typeof now === 'number' && now < before
}

/** Learning rates that differ, in words; undefined where none does. */
export function describeLowered(before: Options, now: Options): string | undefined {
  const changes = Object.keys(now).filter((name) => mayBeLowered(name, before[name], now[name]))
  if (changes.length === 0) return undefined
  return changes.map((name) => `${name} is ${now[name]} from here on, and was ${before[name]}`).join('; ')
}
