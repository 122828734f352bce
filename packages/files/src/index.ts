export { TEMPORARY_SUFFIX, writeFileAtomically } from './atomic-file.ts'
export { cacheFolder } from './cache-folder.ts'
export { type Download, type DownloadOptions, download } from './download.ts'
export { storageError } from './storage-error.ts'
