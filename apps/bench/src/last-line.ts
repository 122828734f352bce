/**
 * Why a process ended, by what it has said: the last line that begins with the name of an error, as Python and Node tell theirs, else
 * the last one with a word. Empty where it said nothing.
 */
export function lastLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  return (
    lines.findLast((line) => /^[\w.]*(Error|Exception)\b.*:/.test(line)) ??
    lines.findLast((line) => /\w/.test(line)) ??
    ''
  )
}
