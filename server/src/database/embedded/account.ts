import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** System user that runs PostgreSQL. */
export interface SystemUser {
  name: string
  uid: number
  gid: number
}

/** Tried in this order. The third exists everywhere and owns nothing that other programs rely on. */
const UNPRIVILEGED = ['postkey', 'postgres', 'nobody', 'daemon']

/**
 * Returns the user that runs PostgreSQL when this process is root, because PostgreSQL refuses to run as root. This is
 * the owner of existing data, else the first existing user of a short list. `undefined` when this process isn't root
 * and runs PostgreSQL itself. The user must have a name in the system: PostgreSQL looks it up and exits without one.
 */
export function userFor(folder: string, myUid = process.getuid?.(), passwd?: string): SystemUser | undefined {
  if (myUid !== 0) return undefined
  const users = readUsers(passwd ?? readFileSync('/etc/passwd', 'utf8'))
  const owner = ownerOf(folder)
  return (
    users.find(({ uid }) => uid === owner && uid !== 0) ??
    UNPRIVILEGED.map((wanted) => users.find(({ name, uid }) => name === wanted && uid !== 0)).find(Boolean)
  )
}

/** Parses lines of the form `name:password:uid:gid:…` (passwd(5)). */
function readUsers(passwd: string): SystemUser[] {
  return passwd.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : []
  })
}

function ownerOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.uid
}

/**
 * Returns the first folder on the path to `folder` that `user` can't enter, judged by owner, group and other
 * permissions.
 */
export function closedFolder(folder: string, { uid, gid }: SystemUser): string | undefined {
  const parent = dirname(folder)
  const above = parent === folder ? undefined : closedFolder(parent, { name: '', uid, gid })
  if (above) return above
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (!stats) return undefined
  const bit = stats.uid === uid ? 0o100 : stats.gid === gid ? 0o010 : 0o001
  return (stats.mode & bit) === 0 ? folder : undefined
}
