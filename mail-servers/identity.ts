import { userInfo } from 'node:os'
import { needInstalled } from './installed.ts'
import { run } from './run.ts'

export interface ServerIdentity {
  user: string
  group: string
  /** Owner of the folders that the server writes to; `undefined` for the user of the test. */
  ids: readonly [number, number] | undefined
}

/** User and group of a server: the given ones when the test runs as root, otherwise those of the test. */
export async function identityOfServer(user: string, group: string): Promise<ServerIdentity> {
  const id = needInstalled('id', 'coreutils')
  if (process.getuid?.() !== 0) {
    return { user: userInfo().username, group: (await run(id, ['-gn'])).trim(), ids: undefined }
  }
  return { user, group, ids: [Number(await run(id, ['-u', user])), Number(await run(id, ['-g', user]))] }
}
