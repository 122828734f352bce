import { ConfigurationError } from '@gantry/core'

/**
 * `key=value` as often as an option was given.
 *
 * @throws ConfigurationError `SETTING_INVALID`
 */
export function assignmentsOf(option: string, assignments: readonly string[]): Record<string, string> {
  return Object.fromEntries(assignments.map((assignment) => assignmentOf(option, assignment)))
}

/** @throws ConfigurationError `SETTING_INVALID` */
export function assignmentOf(option: string, assignment: string): [key: string, value: string] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(assignment) ?? []
  if (key !== undefined && value !== undefined) return [key, value]
  throw new ConfigurationError({
    code: 'SETTING_INVALID',
    message: `${option} needs key=value but got '${assignment}'.`,
  })
}
