import { execFileSync } from 'node:child_process'

function run(python, script, options = [], input = '') {
  const stdio = ['pipe', 'pipe', 'pipe']
  return execFileSync(python, ['-W', 'ignore', '-c', script, ...options], {
    encoding: 'utf8',
    input,
    stdio,
    maxBuffer: 2 ** 28,
  })
}

/** The folder of the tests that the installed package brings; undefined where there is no such package. */
export function locateTests(python) {
  try {
    return run(
      python,
      'import onnx.backend.test, os; print(os.path.join(onnx.backend.test.__path__[0], "data"))',
    ).trim()
  } catch {
    return undefined
  }
}

const GENERATE = `
import os, sys, onnx
from onnx import numpy_helper
from onnx.backend.test.loader import load_node_model_tests
for case in load_node_model_tests():
    folder = os.path.join(sys.argv[1], 'node', case.name)
    os.makedirs(folder)
    onnx.save(case.model, os.path.join(folder, 'model.onnx'))
    for number, sets in enumerate(case.data_sets):
        place = os.path.join(folder, f'test_data_set_{number}')
        os.makedirs(place)
        for kind, values in zip(('input', 'output'), sets):
            for index, value in enumerate(values):
                try:
                    proto = value if hasattr(value, 'SerializeToString') else numpy_helper.from_array(value)
                    content = proto.SerializeToString()
                except Exception:
                    content = b''
                with open(os.path.join(place, f'{kind}_{index}.pb'), 'wb') as file:
                    file.write(content)
`

/** Newer releases bring no files of single operators but what makes them; this writes the files. */
export function generateTests(python, folder) {
  run(python, GENERATE, [folder])
  return folder
}

const CHECK = `
import json, sys, onnx
for path in json.load(sys.stdin):
    try:
        onnx.checker.check_model(path)
        verdict = 'ok'
    except Exception as error:
        verdict = str(error)
    print(json.dumps([path, verdict]))
`

/** What the specification's checker says of every file; undefined where it is missing. */
export function acceptedByChecker(python, paths) {
  return locateTests(python) === undefined ? undefined : new Map(check(python, paths))
}

/** Some files end the process: the halves of a list that did are checked apart. */
function check(python, paths) {
  if (paths.length === 0) return []
  try {
    return run(python, CHECK, [], JSON.stringify(paths))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  } catch (error) {
    if (paths.length === 1) return [[paths[0], `the checker ended: ${String(error.message).split('\n')[0]}`]]
    const middle = paths.length >> 1
    return [...check(python, paths.slice(0, middle)), ...check(python, paths.slice(middle))]
  }
}
