import { readConfig, type Config } from '../../server/src/config.ts'
import type { Wrapper } from '../../server/src/open-rooms.ts'
import type { Environment } from '../../server/src/variables.ts'

export interface Settings {
  config: Config
  /** Clock of the sandbox, and the wrapper that makes the server follow it. */
  clock?: URL | undefined
  wrap?: Wrapper | undefined
}

/** Loads `server/rehearsal` only beside a sandbox: an installation without one runs the product alone. */
export async function settingsReader(hasSandbox: boolean): Promise<(env: Environment) => Settings> {
  if (!hasSandbox) return (env) => ({ config: readConfig(env) })
  return (await import('../../server/rehearsal/read-rehearsal.ts')).readRehearsal
}
