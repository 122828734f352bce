import { joinRows, type NDArray, type Port, type Ports, suggestion } from '@gantry/core'
import { findModality, isWritten, parseInput } from '@gantry/modalities'
import { blamingTheRequestLater, RequestError } from '../http/request-error.ts'
import type { ServerLimits } from '../limits.ts'
import type { Arrays } from '../models/batch-queue.ts'
import { exactArray } from './exact-array.ts'
import { Uploads } from './upload.ts'

/** Axes that an array can have. What is nested deeper is no array of ours. */
const MOST_AXES = 8

/**
 * Inputs as a client writes them in JSON: a text is what a person would write (`"seven"`, `"data:image/png;base64,…"`), a number or
 * nested numbers are the values themselves, of one element or of one a sample.
 *
 * @returns [1 or count, ...shape] of those that are given
 * @throws RequestError `INPUT_UNKNOWN` with the nearest name, `INPUT_INVALID`, `UPLOAD_INVALID`, `IMAGE_TOO_LARGE`; what the modalities'
 * `parse` throws
 */
export async function askedInputs(
  ports: Ports,
  given: Readonly<Record<string, unknown>>,
  limits: ServerLimits,
): Promise<Arrays> {
  const asked: [string, NDArray][] = []
  const uploads = new Uploads(limits)
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(ports, name)) throw unknown(name, ports)
    asked.push([name, await blamingTheRequestLater(() => arrayOf(name, ports[name]!, value, limits, uploads))])
  }
  return Object.fromEntries(asked)
}

async function arrayOf(
  name: string,
  port: Port,
  value: unknown,
  limits: ServerLimits,
  uploads: Uploads,
): Promise<NDArray> {
  if (typeof value === 'string') return parsed(name, port, value, uploads)
  if (Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')) {
    if (value.length > limits.count) throw invalid(name, `one a sample, of at most ${limits.count}`)
    const rows: NDArray[] = []
    for (const text of value) rows.push(await parsed(name, port, text, uploads))
    if (new Set(rows.map(({ shape }) => shape.join())).size > 1) throw invalid(name, 'samples of one size')
    return joinRows(rows)
  }
  const shape = shapeOf(name, value)
  const numbers: number[] = []
  gather(name, value, shape, 0, numbers)
  const whole = shape.length === port.shape.length ? [1, ...shape] : shape
  const array = exactArray(port.dtype, whole, numbers)
  if (array === undefined) throw invalid(name, `numbers that ${port.dtype} has`)
  return array
}

async function parsed(name: string, port: Port, text: string, uploads: Uploads): Promise<NDArray> {
  const modality = findModality(port.modality)
  if (!isWritten(modality)) throw invalid(name, 'numbers, and not text')
  return parseInput(modality, name, port, text, uploads.reader(name))
}

/** As the first elements have it. */
function shapeOf(name: string, value: unknown): number[] {
  const shape: number[] = []
  for (let part = value; Array.isArray(part); part = part[0]) {
    if (shape.length === MOST_AXES || part.length === 0) throw invalid(name, 'a number, or numbers in lists')
    shape.push(part.length)
  }
  return shape
}

/** The numbers of nested lists, row by row. The recursion is as deep as the shape has axes. */
function gather(name: string, value: unknown, shape: readonly number[], axis: number, numbers: number[]): void {
  if (axis === shape.length) {
    const number = typeof value === 'boolean' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isFinite(number)) throw invalid(name, 'finite numbers')
    numbers.push(number)
    return
  }
  if (!Array.isArray(value) || value.length !== shape[axis]) throw invalid(name, 'lists of one length an axis')
  for (const part of value) gather(name, part, shape, axis + 1, numbers)
}

function unknown(name: string, ports: Ports): RequestError {
  const names = Object.keys(ports)
  return new RequestError({
    status: 422,
    code: 'INPUT_UNKNOWN',
    message: `There is no input '${name.slice(0, 64)}'.`,
    fix: suggestion(name.slice(0, 64), names),
  })
}

function invalid(name: string, wanted: string): RequestError {
  return new RequestError({ status: 422, code: 'INPUT_INVALID', message: `The input '${name}' takes ${wanted}.` })
}
