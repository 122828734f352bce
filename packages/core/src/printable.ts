/**
 * What a terminal would act on instead of showing it: control characters but for tab and line feed, and marks that reverse
 * the order of what follows.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ACTED_ON = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/**
 * Text that a terminal shows as it is: names from files may hold sequences that clear the screen or change what stands
 * there. Such characters become `\u001b` and the like.
 *
 * @example
 * ```ts
 * console.log(printable('weight\u001b[2J')) // weight\u001b[2J
 * ```
 */
export function printable(text: string): string {
  return text.replace(ACTED_ON, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The same, on one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n')
}
