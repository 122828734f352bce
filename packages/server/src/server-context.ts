import type { Presenter } from './generation/presenter.ts'
import type { BodyReader } from './http/body-reader.ts'
import { RequestError } from './http/request-error.ts'
import type { ServerLimits } from './limits.ts'
import type { LoadedModel, ServedModel } from './models/served-model.ts'
import type { ShortWork } from './threads/short-work.ts'

/** What routes need to know. */
export interface ServerContext {
  readonly models: ReadonlyMap<string, ServedModel>
  readonly limits: ServerLimits
  readonly presenter: Presenter
  readonly bodies: BodyReader
  readonly shortWork: ShortWork
  /** Whether only who knows a key may ask: then nobody else may keep the answers. */
  readonly isPrivate: boolean
  /** Whether new requests are welcome: until the server is to stop. */
  isReady(): boolean
}

/** The version of a model that answers now. @throws RequestError `MODEL_UNKNOWN` */
export function findModel({ models }: ServerContext, name: string): LoadedModel {
  const model = models.get(name)
  if (model !== undefined) return model.current
  throw new RequestError({
    status: 404,
    code: 'MODEL_UNKNOWN',
    message: 'There is no such model.',
    fix: `There are ${[...models.keys()].join(', ')}.`,
  })
}
