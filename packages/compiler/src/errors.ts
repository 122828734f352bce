import { UnsupportedError } from '@gantry/core'

/** A TF.js operation that has no recording. */
export function unsupportedKernel(
  kernel: string,
  detail: string,
  place: string | undefined,
  fix: string,
): UnsupportedError {
  return new UnsupportedError({
    code: 'KERNEL_UNSUPPORTED',
    message: `The TF.js kernel '${kernel}' cannot be recorded (${detail})${place === undefined ? '' : `, used after reading '${place}'`}.`,
    fix,
  })
}

/** A program that does something no recording can hold. */
export function programError(code: string, message: string, fix: string, cause?: unknown): UnsupportedError {
  return new UnsupportedError({ code, message, fix, cause })
}
