import { homedir } from 'node:os'
import { join } from 'node:path'

export interface Places {
  /** All that Postkey and its sandbox keep: what a backup saves. */
  dataFolder: string
  /** Outside of it, so that a backup of the data opens nothing. Not set when the keys are in the environment. */
  keyFile: string | undefined
}

/** The user who starts Postkey, as far as it matters for where things lie. */
export interface Starter {
  isRoot: boolean
  home: string
}

const CHECKOUT = join(import.meta.dirname, '../..')

/**
 * Where things lie when nobody says otherwise. Root keeps them where the system keeps such things, because PostgreSQL
 * then runs as another user, who could not enter a checkout in root's home. Everybody else has them in the checkout.
 */
export function placesOf(env: Readonly<Record<string, string | undefined>>, starter: Starter = me()): Places {
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
