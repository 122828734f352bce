import { UnsupportedError } from '@gantry/core'
import { currentPlace } from './programs/place.ts'

/** A TF.js operation that has no recording. */
export function unsupportedKernel(
  kernel: string,
  detail: string,
  lastRead: string | undefined,
  fix: string,
): UnsupportedError {
  const place = currentPlace()
  const after = lastRead === undefined ? '' : `, used after reading '${lastRead}'`
  return new UnsupportedError({
    code: 'KERNEL_UNSUPPORTED',
    message: `The TF.js kernel '${kernel}' cannot be recorded (${detail})${place === undefined ? after : `, used in ${place}`}.`,
    fix,
  })
}

/** A program that does something no recording can hold. */
export function programError(code: string, message: string, fix: string, cause?: unknown): UnsupportedError {
  return new UnsupportedError({ code, message, fix, cause })
}
