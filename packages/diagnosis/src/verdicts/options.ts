import type { Options } from './verdict-rule.ts'

/** An option that is a number; undefined where it is not set. */
export function numberOf(options: Options, name: string): number | undefined {
  const value = options[name]
  return typeof value === 'number' ? value : undefined
}

/** The discriminator's step size: its own where it has one. */
export function discriminatorRate(options: Options): number | undefined {
  return numberOf(options, 'discriminatorLearningRate') ?? numberOf(options, 'learningRate')
}

/** With three digits, so that it can be typed. */
export const rounded = (value: number) => Number(value.toPrecision(3))
