import fc from 'fast-check'

/** Only this much of a file is searched for text: headers, and whole files of text. */
const SEARCHED = 64 * 1024

/** What stands where something else is expected. */
const VALUES = [
  ...[
    'null',
    'true',
    '""',
    '[]',
    '{}',
    '0',
    '-1',
    '1.5',
    '-0',
    '1e400',
    '1e-400',
    '9007199254740993',
    'NaN',
    'Infinity',
  ],
  ...['2147483648', '4294967296', '-9223372036854775808', '9223372036854775807', '[[[]]]', '"x"', '[null]', '{"a":1}'],
]

/** Names that are members of every object, leave a folder, or change what a terminal shows. */
const NAMES = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'then', '', ' ', '0', '-1'],
  ...[
    '..',
    '../../etc/passwd',
    '/etc/passwd',
    'C:\\\\x',
    'a/b',
    '\\u0000',
    '\\u001b[2J',
    '\\u202e',
    '\ud83d\ude00',
    '%s',
  ],
]

const DEEP = 2_000

interface Rule {
  /** What is replaced. */
  readonly pattern: RegExp
  readonly replacement: fc.Arbitrary<string>
}

const rules: readonly Rule[] = [
  { pattern: /-?\d+(\.\d+)?([eE][+-]?\d+)?/g, replacement: fc.constantFrom(...VALUES) },
  { pattern: /"[^"\\\n]{0,80}"(?=\s*:)/g, replacement: fc.constantFrom(...NAMES.map((name) => `"${name}"`)) },
  { pattern: /"[^"\\\n]{0,80}"/g, replacement: fc.constantFrom(...NAMES.map((name) => `"${name}"`)) },
  { pattern: /"[^"\\\n]{0,80}"/g, replacement: fc.constantFrom(...VALUES) },
  { pattern: /(?<=:\s?)(\[[^\][]*\]|\{[^{}]*\}|"[^"]*"|true|false|null)/g, replacement: fc.constantFrom(...VALUES) },
  { pattern: /"[^"\\\n]{1,80}"\s*:\s*("[^"]*"|[\w.+-]+|\[[^\][]*\]|\{[^{}]*\})\s*,?/g, replacement: fc.constant('') },
  { pattern: /[[\]{},:"]/g, replacement: fc.constantFrom('', '[', ']', '{', '}', ',', ':', '"', '\n', '\0') },
  { pattern: /[[{]/g, replacement: fc.constantFrom('['.repeat(DEEP), '{"a":'.repeat(DEEP)) },
  { pattern: /\b[A-Za-z_][\w./-]{2,}\b/g, replacement: fc.constantFrom(...NAMES, ...VALUES) },
]

/**
 * Replaces one word of the text that a file contains. Bytes that are no text stay as they are, and where nothing fits the
 * whole file does.
 */
export const textEdit = fc
  .tuple(fc.constantFrom(...rules).chain(withReplacement), fc.nat({ max: 2 ** 30 - 1 }))
  .map(([{ pattern, replacement }, choice]) => (bytes: Uint8Array): Uint8Array => {
    const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const text = file.toString('latin1', 0, SEARCHED)
    const found = [...text.matchAll(pattern)]
    const match = found[choice % (found.length || 1)]
    if (match === undefined) return bytes
    const end = match.index + match[0].length
    const parts = [file.subarray(0, match.index), Buffer.from(replacement, 'utf8'), file.subarray(end)]
    return new Uint8Array(Buffer.concat(parts))
  })

function withReplacement({ pattern, replacement }: Rule) {
  return replacement.map((text) => ({ pattern, replacement: text }))
}
