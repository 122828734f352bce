import { GantryError, StorageError } from '@gantry/core'
import { suggestedPath } from './suggested-path.ts'

interface Reason {
  readonly code: string
  readonly text: string
  readonly fix: string
}

const full: Reason = { code: 'DISK_FULL', text: 'the disk is full', fix: 'Free some space, or choose another folder.' }
const locked: Reason = {
  code: 'NOT_WRITABLE',
  text: 'it may not be written to',
  fix: 'Choose a folder that you may write to.',
}
const unreadable: Reason = { code: 'NOT_READABLE', text: 'it may not be read', fix: 'Check its permissions.' }
const missing: Reason = { code: 'FILE_MISSING', text: 'it is not there', fix: 'Check the path.' }
const notFolder: Reason = {
  code: 'NOT_A_FOLDER',
  text: 'a part of its path is a file, not a folder',
  fix: 'Check the path.',
}
const folder: Reason = { code: 'IS_FOLDER', text: 'it is a folder, not a file', fix: 'Name a file in it.' }

const writeReasons: Readonly<Record<string, Reason>> = {
  ENOSPC: full,
  EDQUOT: full,
  EROFS: locked,
  EACCES: locked,
  EPERM: locked,
  ENOENT: missing,
  ENOTDIR: notFolder,
  EISDIR: folder,
}
const address: Reason = {
  code: 'FILE_MISSING',
  text: 'it is an address, and no file of that name is there',
  fix: 'Download it, and name the file.',
}
const readReasons: Readonly<Record<string, Reason>> = {
  EACCES: unreadable,
  EPERM: unreadable,
  ENOENT: missing,
  ENOTDIR: notFolder,
  EISDIR: folder,
}

/**
 * Says in words why the operating system refused a file. Errors that Gantry threw itself pass unchanged.
 *
 * Codes: `DISK_FULL`, `NOT_WRITABLE`, `NOT_READABLE`, `FILE_MISSING`, `NOT_A_FOLDER`, `IS_FOLDER`, and `STORAGE_FAILED` for
 * everything else.
 */
export function storageError(action: 'read' | 'write', path: string, cause: unknown): GantryError {
  if (GantryError.isInstance(cause)) return cause
  const systemCode = (cause as NodeJS.ErrnoException).code ?? ''
  const found = (action === 'read' ? readReasons : writeReasons)[systemCode]
  const reason = found === missing && /^[a-z][a-z\d+.-]+:\/\//i.test(path) ? address : found
  const meant = reason === missing && action === 'read' ? suggestedPath(path) : undefined
  return new StorageError({
    code: reason?.code ?? 'STORAGE_FAILED',
    message: `Could not ${action} ${path}: ${reason?.text ?? (cause as Error).message}.`,
    ...(reason && { fix: meant ?? reason.fix }),
    cause,
  })
}
