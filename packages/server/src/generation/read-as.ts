import type { Ports } from '@gantry/core'
import { checked } from '../http/checked.ts'
import { parseJson } from '../http/read-body.ts'
import type { ServerLimits } from '../limits.ts'
import type { Arrays } from '../models/batch-queue.ts'
import { type InferWanted, readInferRequest } from '../protocol/infer-request.ts'
import { type AskingWanted, askingSchemas } from '../routes/schemas.ts'
import { askedInputs } from './asked-inputs.ts'

/** What bodies are read as, without their inputs. */
interface WantedAs extends AskingWanted {
  readonly infer: InferWanted
}

export type ReadingKind = keyof WantedAs

/** How a body is to be read. It travels to a thread. */
export type Reading<Kind extends ReadingKind = ReadingKind> = Kind extends 'infer'
  ? { readonly kind: Kind; readonly ports: Ports; readonly headerLength: number | undefined }
  : { readonly kind: Kind; readonly ports: Ports; readonly limits: ServerLimits }

export interface ReadRequest<Kind extends ReadingKind = ReadingKind> {
  readonly wanted: WantedAs[Kind]
  /** Those inputs that are given: [1 or count, ...shape]. */
  readonly asked: Arrays
}

/**
 * Makes of a body what a route works with. Whoever calls it says where: eight megabytes of numbers block their thread for half a second.
 *
 * @throws RequestError for whatever the body is not
 */
export async function readAs(reading: Reading, body: Uint8Array): Promise<ReadRequest> {
  if (reading.kind === 'infer') return readInferRequest(reading.ports, body, reading.headerLength)
  const { kind, ports, limits } = reading
  const { inputs, ...wanted } = checked(askingSchemas(limits)[kind], parseJson(body))
  return { wanted, asked: await askedInputs(ports, inputs, limits) }
}
