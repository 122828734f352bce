/** The last line with a word of what a process has said: its reason, where it ended. Empty where it said nothing. */
export function lastLine(text: string): string {
  return (
    text
      .split('\n')
      .findLast((line) => /\w/.test(line))
      ?.trim() ?? ''
  )
}
