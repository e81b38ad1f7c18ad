import { delimiter, join } from 'node:path'

/** The environment in which `node`, `vitest` and the like are the ones of the install, however we were started. */
export function toolEnvironment(root: string): NodeJS.ProcessEnv {
  return { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter) }
}
