/** What runs in processes of its own. */
export const tasks = {
  'bare-loop': () => import('./bare-loop.ts'),
  compile: () => import('./compile.ts'),
  generation: () => import('./generation.ts'),
  health: () => import('./health.ts'),
  load: () => import('./load.ts'),
  outside: () => import('./outside.ts'),
  pipeline: () => import('./pipeline.ts'),
  prepare: () => import('./prepare.ts'),
  profile: () => import('./profile.ts'),
  'time-step': () => import('./time-step.ts'),
}
