// Keeps files and functions small: no function above 80 lines, no file of sources above 300.
// Blank lines and comments count: what must be read is what is long. Tests are tables of cases, and not looked at.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const MOST_LINES = { file: 300, function: 80 }

/** What may be longer, and why. A line that is no longer needed is reported too. */
const LONGER = {
  'packages/onnx/src/generated/onnx_pb.ts': 'made from the ONNX schema',
}

/** Tests, and the cases, formulas and reference values in `testing` folders, which only tests read. */
const TEST = /\.test(-d)?\.ts$|[\\/]testing[\\/]/

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const offences = []
const needed = new Set()

/** The name by which a reader would look for a function. */
function nameOf(node) {
  if (node.name !== undefined) return node.name.getText()
  if (ts.isConstructorDeclaration(node)) return 'constructor'
  const { parent } = node
  return (
    parent.name?.getText() ??
    (ts.isCallExpression(parent) ? `(given to ${parent.expression.getText()})` : '(anonymous)')
  )
}

function checkFile(file) {
  const path = relative(root, file).split(sep).join('/')
  const text = readFileSync(file, 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const report = (line, what, lines, most) => {
    if (lines <= most) return
    if (path in LONGER) needed.add(path)
    else offences.push(`${path}:${line}: ${what} has ${lines} lines; ${most} are the most`)
  }
  report(1, 'the file', text.split('\n').length - 1, MOST_LINES.file)
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body !== undefined) {
      const [first, last] = [node.getStart(), node.end].map((at) => source.getLineAndCharacterOfPosition(at).line)
      report(first + 1, nameOf(node), last - first + 1, MOST_LINES.function)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
}

let files = 0
for (const kind of ['packages', 'apps', 'examples']) {
  for (const name of readdirSync(join(root, kind))) {
    const folder = join(root, kind, name, 'src')
    if (!existsSync(folder)) continue
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name)
      if (!entry.isFile() || !file.endsWith('.ts') || TEST.test(relative(root, file))) continue
      checkFile(file)
      files++
    }
  }
}
for (const path of Object.keys(LONGER)) {
  if (!needed.has(path)) offences.push(`${path}: it is short enough: take it off the list in scripts/check-sizes.mjs`)
}

if (offences.length > 0) {
  console.error(offences.sort().join('\n'))
  console.error(`${offences.length} files or functions are too long to be read at once: find the second idea in them.`)
  process.exitCode = 1
} else {
  console.log(`${files} files are ${MOST_LINES.file} lines at most, and their functions ${MOST_LINES.function}.`)
}
