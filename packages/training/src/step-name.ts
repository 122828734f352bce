/** A step as a file name that sorts in the order of training: `000500`. */
export function stepName(step: number): string {
  return String(step).padStart(6, '0')
}
