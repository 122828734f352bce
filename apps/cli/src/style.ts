const codes = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const

/** True when a person watches: colours and bars are for terminals only. */
export function isTerminal(stream: NodeJS.WriteStream = process.stderr): boolean {
  return stream.isTTY === true
}

/** Colours text for a terminal (https://no-color.org turns it off); elsewhere it stays plain. */
export function style(name: keyof typeof codes, text: string, stream = process.stderr): string {
  if (!isTerminal(stream) || process.env.NO_COLOR) return text
  const [open, close] = codes[name]
  return `\u001b[${open}m${text}\u001b[${close}m`
}
