import { printable } from './printable.ts'

const MARKER = Symbol.for('gantry.error')

/** What a failed command should tell the shell: 2 for usage and configuration, 1 for everything that failed later. */
export type ExitCode = 1 | 2

export interface GantryErrorOptions {
  /** Stable, machine-readable name of this failure, such as `SHAPE_MISMATCH`. */
  readonly code: string
  /** What went wrong, with both sides of the mismatch. */
  readonly message: string
  /** What the reader can do about it. */
  readonly fix?: string
  readonly cause?: unknown
}

/**
 * Base of every error that Gantry throws on purpose.
 *
 * The message names both sides of the mismatch and ends with the fix. `code` is stable across versions.
 */
export abstract class GantryError extends Error {
  readonly code: string
  /** What went wrong: the message without the fix. */
  readonly problem: string
  readonly fix: string | undefined
  abstract readonly exitCode: ExitCode

  constructor({ code, message, fix, cause }: GantryErrorOptions) {
    // Messages repeat names from files, and end on terminals.
    super(printable(fix === undefined ? message : `${message} ${fix}`), cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.code = code
    this.problem = printable(message)
    this.fix = fix === undefined ? undefined : printable(fix)
    Object.defineProperty(this, MARKER, { value: true })
  }

  /** True for errors of any copy of this package, where `instanceof` would miss a second copy. */
  static isInstance(error: unknown): error is GantryError {
    return typeof error === 'object' && error !== null && MARKER in error
  }
}

/** An option, a configuration file or a command line that cannot be used as it is. */
export class ConfigurationError extends GantryError {
  readonly exitCode = 2
}

/** Two shapes, dtypes or sizes that do not fit. */
export class ShapeError extends GantryError {
  readonly exitCode = 1
}

/** Something that Gantry, or the chosen engine, cannot do. */
export class UnsupportedError extends GantryError {
  readonly exitCode = 1
}

/** A data set, an image or a batch that cannot be read. */
export class DataError extends GantryError {
  readonly exitCode = 1
}

/** A model or checkpoint file that is truncated, foreign or does not fit the model. */
export class ModelFormatError extends GantryError {
  readonly exitCode = 1
}

/** A training run that cannot go on: a loss that is not finite, an engine that failed. */
export class TrainingError extends GantryError {
  readonly exitCode = 1
  /** The step that failed, where it is known. */
  readonly step: number | undefined

  constructor({ step, ...options }: GantryErrorOptions & { readonly step?: number }) {
    super(options)
    this.step = step
  }
}

/** A file that could not be written or read: full disk, missing permission. */
export class StorageError extends GantryError {
  readonly exitCode = 1
}
