export { adviceFor } from './engines/advice.ts'
export type { Engine, EngineListing } from './engines/engine.ts'
export { engines, findEngine, listEngines } from './engines/registry.ts'
export { readEvents } from './event-log.ts'
export { type RunHistory, readHistory } from './read-history.ts'
export { resolveConfig, resolveResumed, type Settings } from './resolve-config.ts'
export { type NewRun, RunFolder } from './run-folder.ts'
export { assignmentsOf } from './settings/assignments.ts'
export { latestRunPath, newRunPath } from './settings/run-path.ts'
export {
  mergeSettings,
  type PresetSettings,
  settingsFromAssignments,
  settingsFromFile,
  settingsFromPreset,
} from './settings/settings.ts'
export { settingsFromRun } from './settings/settings-from-run.ts'
export { CONFIG_VERSION, upgradeConfig } from './upgrade-config.ts'
export { gantryVersion } from './version.ts'
