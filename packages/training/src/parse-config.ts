import { ConfigurationError, suggestion } from '@gantry/core'
import { type core, z } from 'zod'

type Issue = core.$ZodIssue

/**
 * Checks a value against a schema, and says what is wrong in a person's words: the key, its value, what is allowed there,
 * and for an unknown key the nearest known one.
 *
 * @param owner what the value is, at the start of a sentence: `The run configuration`
 * @throws ConfigurationError `OPTION_UNKNOWN` when a key is unknown, else `OPTION_INVALID`
 *
 * @example
 * ```ts
 * parseConfig(runConfigSchema, { variant: 'vanilla', data: 'ring8', batchsize: 8 }, 'The run configuration')
 * // ConfigurationError: The run configuration has no key 'batchsize'. Did you mean 'batchSize'?
 * ```
 */
export function parseConfig<Schema extends z.ZodType>(schema: Schema, value: unknown, owner: string): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { issues } = result.error
  throw new ConfigurationError({
    code: issues.some(({ code }) => code === 'unrecognized_keys') ? 'OPTION_UNKNOWN' : 'OPTION_INVALID',
    message: issues.map((issue) => describeIssue(issue, schema, value, owner)).join(' '),
    cause: result.error,
  })
}

function describeIssue(issue: Issue, schema: z.ZodType, value: unknown, owner: string): string {
  const path = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(objectAt(schema, issue.path)?.shape ?? {})
    const place = path === '' ? owner : `${owner}: '${path}'`
    return issue.keys.map((key) => `${place} has no key '${key}'. ${suggestion(key, known)}`).join(' ')
  }
  const found = issue.path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)?.[key], value)
  const place = path === '' ? owner : `${owner}: '${path}'`
  if (issue.code === 'custom') return `${place}: ${issue.message}.`
  if (found === undefined) return `${place} is missing; it must be ${allowedBy(issue)}.`
  return `${place} must be ${allowedBy(issue)}, not ${described(found)}.`
}

/** Characters of a value that are said back. */
const LONGEST = 60

/** A value as a sentence has room for it: what others wrote may be long, and deeper than a stack. */
function described(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value)
}

/** What would have been accepted, as the end of "must be …". */
function allowedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `of type ${issue.expected}`
    case 'invalid_value':
      return `one of: ${issue.values.map(String).join(', ')}`
    case 'too_small':
      if (issue.origin === 'string') return 'a text that is not empty'
      return bounded(issue.origin, `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`)
    case 'too_big':
      return bounded(issue.origin, `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`)
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'invalid_union':
      return [...new Set(issue.errors.flat().map(allowedBy))].join(' or ').replaceAll(' or one of: ', ', ')
    default:
      return `valid (${issue.message})`
  }
}

function bounded(origin: string, bound: string): string {
  if (origin === 'array') return `a list of ${bound}`
  return origin === 'string' ? `a text of ${bound} characters` : bound
}

/** The object schema that a path leads to, through defaults and optionals. */
function objectAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodObject | undefined {
  let inner: unknown = schema
  for (const key of [undefined, ...path]) {
    if (key !== undefined) inner = (inner as z.ZodObject).shape[String(key)]
    inner = unwrapped(inner)
    if (!(inner instanceof z.ZodObject)) return undefined
  }
  return inner as z.ZodObject
}

/** What a schema is of, where it may also be left out. */
export function unwrapped(schema: unknown): unknown {
  let inner = schema
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodNullable) {
    inner = inner.unwrap()
  }
  return inner
}
