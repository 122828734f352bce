import {
  ConfigurationError,
  DataError,
  GantryError,
  type GantryErrorOptions,
  ModelFormatError,
  ShapeError,
  StorageError,
  TrainingError,
  UnsupportedError,
} from '@gantry/core'

const errorClasses: Record<string, new (options: GantryErrorOptions) => GantryError> = {
  ConfigurationError,
  DataError,
  ModelFormatError,
  ShapeError,
  StorageError,
  TrainingError,
  UnsupportedError,
}

/** An error as plain data: structured cloning would strip its class and code. */
export interface EncodedError {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly fix?: string
}

export function encodeError(error: unknown): EncodedError {
  if (!GantryError.isInstance(error)) return { name: 'Error', message: String((error as Error)?.stack ?? error) }
  const { name, code, fix, message } = error
  // The constructor appends the fix to the message; it does so again on the other side.
  return fix === undefined ? { name, code, message } : { name, code, fix, message: message.slice(0, -fix.length - 1) }
}

export function decodeError({ name, message, code = '', fix }: EncodedError): Error {
  const errorClass = errorClasses[name]
  if (errorClass === undefined) return new Error(message)
  return new errorClass({ code, message, ...(fix !== undefined && { fix }) })
}
