import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** The user of the system who runs PostgreSQL. */
export interface SystemUser {
  name: string
  uid: number
  gid: number
}

/** Tried in this order. `nobody` exists everywhere and owns nothing that others rely on. */
const UNPRIVILEGED = ['postkey', 'postgres', 'nobody', 'daemon']

/**
 * Who runs PostgreSQL when we are root, which PostgreSQL refuses to be: whoever owns the data already, else the first
 * of a few that exist. `undefined` when we are somebody else, who then runs it. It must be a user that the system
 * knows by name: PostgreSQL asks for it and ends when there is none.
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

/** `name:password:uid:gid:…`, one a line (passwd(5)). */
function readUsers(passwd: string): SystemUser[] {
  return passwd.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : []
  })
}

function ownerOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.uid
}

/** The first folder on the way to `folder` that `user` may not pass, as far as owner, group and others tell. */
export function closedFolder(folder: string, { uid, gid }: SystemUser): string | undefined {
  const parent = dirname(folder)
  const above = parent === folder ? undefined : closedFolder(parent, { name: '', uid, gid })
  if (above) return above
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (!stats) return undefined
  const bit = stats.uid === uid ? 0o100 : stats.gid === gid ? 0o010 : 0o001
  return (stats.mode & bit) === 0 ? folder : undefined
}
