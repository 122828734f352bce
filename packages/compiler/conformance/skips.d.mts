export const skips: readonly {
  readonly reason: string
  readonly specs?: readonly RegExp[]
  readonly always?: readonly RegExp[]
}[]
export function skipOf(name: string): string | undefined
