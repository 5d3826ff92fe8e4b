import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { closedFolder, userFor } from './account.ts'

const PASSWD = `root:x:0:0:root:/root:/bin/bash
nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin
postgres:x:101:104:PostgreSQL,,,:/var/lib/postgresql:/bin/bash
evil:x:0:0::/:/bin/sh
`

const folders: string[] = []
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })))

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postkey-account-'))
  folders.push(folder)
  return folder
}

describe('the system user that runs PostgreSQL', () => {
  it('is the user that starts Postkey, unless that is root', () => {
    expect(userFor('/nonexistent', 1000, PASSWD)).toBeUndefined()
  })

  it('is an existing unprivileged user when root starts Postkey, postgres first', () => {
    expect(userFor('/nonexistent', 0, PASSWD)).toEqual({ name: 'postgres', uid: 101, gid: 104 })
    expect(userFor('/nonexistent', 0, PASSWD.replace(/^postgres.*\n/m, ''))).toEqual({
      name: 'nobody',
      uid: 65534,
      gid: 65533,
    })
  })

  it('is never an alias of root', () => {
    expect(userFor('/nonexistent', 0, 'postgres:x:0:0::/:/bin/sh\n')).toBeUndefined()
  })

  it('stays the same when other users are added later', () => {
    const own = newFolder()
    const uid = process.getuid!()
    const passwd = `${PASSWD}before:x:${uid === 0 ? 4242 : uid}:7::/:/bin/sh\n`
    // A folder owned by root doesn't reveal which user ran it.
    expect(userFor(own, 0, passwd)?.name).toBe(uid === 0 ? 'postgres' : 'before')
  })
})

describe('a folder that is closed to a user', () => {
  it('is named in the error, so that an admin can open it', () => {
    const top = newFolder()
    const inside = join(top, 'a/b')
    mkdirSync(inside, { recursive: true })
    const stranger = { name: 'stranger', uid: 4242, gid: 4242 }

    expect(closedFolder(inside, stranger)).toBe(top)
    chmodSync(top, 0o711)
    expect(closedFolder(inside, stranger)).toBeUndefined()
    chmodSync(join(top, 'a'), 0o750)
    expect(closedFolder(inside, stranger)).toBe(join(top, 'a'))
    expect(closedFolder(inside, { name: 'owner', uid: process.getuid!(), gid: 4242 })).toBeUndefined()
  })
})
