import { expect, it } from 'vitest'
import { lastLine } from './last-line.ts'

it.each([
  [
    'Traceback:\n  File "server.py"\nAttributeError: no attribute \'count\'\n\nAt:\n  server.py(4): start\n;\n',
    "AttributeError: no attribute 'count'",
  ],
  [
    'tritonclient.utils.InferenceServerException: [400] load failed\n',
    'tritonclient.utils.InferenceServerException: [400] load failed',
  ],
  ['starting\nlibpython3.so: cannot open\n;\n\n', 'libpython3.so: cannot open'],
  ['\n;\n', ''],
])('tells the reason in %j', (text, reason) => {
  expect(lastLine(text)).toBe(reason)
})
