import { execFileSync } from 'node:child_process'

// Debian's python3-onnx, the checker that comes with the specification; another python may lack it.
export const PYTHON = '/usr/bin/python3'

function python(script: string, ...options: readonly string[]): string {
  return execFileSync(PYTHON, ['-c', script, ...options], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

export const hasChecker = (() => {
  try {
    python('import onnx')
    return true
  } catch {
    return false
  }
})()

/** Runs ONNX's checker with full shape inference; throws with what it says. */
export function checkFiles(paths: readonly string[]): void {
  python('import onnx, sys\nfor path in sys.argv[1:]: onnx.checker.check_model(path, full_check=True)', ...paths)
}
