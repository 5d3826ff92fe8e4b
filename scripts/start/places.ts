import { homedir } from 'node:os'
import { join } from 'node:path'

export interface Places {
  /** Folder with all data of Postkey and its sandbox, for backups. */
  dataFolder: string
  /**
   * Outside of the data folder, so that a backup of the data can't be decrypted. `undefined` when the environment
   * contains the keys.
   */
  keyFile: string | undefined
}

/** Properties of the user who starts Postkey that determine the default paths. */
export interface Starter {
  isRoot: boolean
  home: string
}

const CHECKOUT = join(import.meta.dirname, '../..')

/**
 * Paths of an installation; the environment overrides the defaults. For root they are system folders, because
 * PostgreSQL then runs as another user, who has no access to a checkout in root's home. For other users they are in the
 * checkout.
 */
export function choosePlaces(env: Readonly<Record<string, string | undefined>>, starter: Starter = me()): Places {
  const config = env.XDG_CONFIG_HOME || join(starter.home, '.config')
  const ownKeyFile = starter.isRoot ? '/etc/postkey/keys' : join(config, 'postkey/keys')
  return {
    dataFolder: env.POSTKEY_DATA || (starter.isRoot ? '/var/lib/postkey' : join(CHECKOUT, 'data')),
    keyFile: env.POSTKEY_KEY_FILE || (env.POSTKEY_KEY ? undefined : ownKeyFile),
  }
}

function me(): Starter {
  return { isRoot: process.getuid?.() === 0, home: homedir() }
}
