/**
 * A number as people and other languages write it: `0.7`, `-1`, `.5E-3`, `5.`, `+2`. Undefined for everything else, also for what only
 * JavaScript takes for one: `0x10`, `Infinity`, nothing at all.
 */
export function parseNumber(text: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim())) return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}
