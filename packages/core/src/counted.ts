/**
 * A number of things in words.
 *
 * @param plural where it is not the word with an s
 *
 * @example
 * ```ts
 * counted(1, 'image') // '1 image'
 * counted(0, 'class', 'classes') // '0 classes'
 * ```
 */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`
}
