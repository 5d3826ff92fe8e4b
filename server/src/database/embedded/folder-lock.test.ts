import { chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { lockFolder } from './folder-lock.ts'

const isRoot = process.getuid!() === 0

describe('the lock of a data folder', () => {
  it('is named with a command when this user may not open it', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, 'lock'))

    await expect(lockFolder(folder)).rejects.toMatchObject({
      code: 'database.folder_owner',
      cause: { message: expect.stringContaining(`To correct it: chown ${process.getuid!()} `) as string },
    })
  })

  it.runIf(isRoot)('belongs to the owner of the folder when a command of root creates it', async () => {
    const folder = newFolder()
    chownSync(folder, 4242, 4243)
    const release = await lockFolder(folder)
    release!()

    const { uid, gid, mode } = statSync(join(folder, 'lock'))
    expect([uid, gid, mode & 0o777]).toEqual([4242, 4243, 0o600])
  })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postkey-lock-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}
