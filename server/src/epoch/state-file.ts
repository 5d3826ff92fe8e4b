import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Highest activity that this installation has recorded of its database. */
export interface SeenActivity {
  epoch: string
  counter: number
  at: Date
}

export interface StateFile {
  /**
   * Reads the file.
   *
   * @returns `absent` without a file, `unreadable` for one that is damaged or can't be read
   */
  read(): Promise<SeenActivity | 'absent' | 'unreadable'>
  /**
   * Replaces the file atomically, and never by a lower counter of the same epoch.
   *
   * @throws the error of the file system
   */
  write(seen: SeenActivity): Promise<void>
  /**
   * Resolves when a file can be created there.
   *
   * @throws the error of the file system
   */
  probe(): Promise<void>
}

const FORM = 1

/** Creates a small JSON file outside the database. Several processes may share it. */
export function createStateFile(path: string): StateFile {
  async function read(): Promise<SeenActivity | 'absent' | 'unreadable'> {
    try {
      return parse(await readFile(path, 'utf8')) ?? 'unreadable'
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'unreadable'
    }
  }

  async function write(seen: SeenActivity): Promise<void> {
    const there = await read()
    if (typeof there === 'object' && there.epoch === seen.epoch && there.counter >= seen.counter) return
    await writeBeside(`${JSON.stringify({ form: FORM, ...seen })}\n`, (unfinished) => rename(unfinished, path))
    const folder = await open(dirname(path), 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  }

  /** Writes a temporary file, which `finish` moves or removes. An error removes it. */
  async function writeBeside(text: string, finish: (unfinished: string) => Promise<void>): Promise<void> {
    const unfinished = `${path}.${randomUUID()}`
    const file = await openNew(unfinished)
    try {
      try {
        await file.writeFile(text)
        await file.sync()
      } finally {
        await file.close()
      }
      await finish(unfinished)
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined)
      throw error
    }
  }

  /** Creates the folder only when it is missing: each system call is made for every message sent. */
  async function openNew(unfinished: string): Promise<FileHandle> {
    try {
      return await open(unfinished, 'wx', 0o600)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    return open(unfinished, 'wx', 0o600)
  }

  return { read, write, probe: () => writeBeside('{}', (unfinished) => rm(unfinished)) }
}

function parse(text: string): SeenActivity | undefined {
  let value: Partial<Record<'form' | 'epoch' | 'counter' | 'at', unknown>> | null
  try {
    value = JSON.parse(text) as typeof value
  } catch {
    return undefined
  }
  const { form, epoch, counter, at } = value ?? {}
  if (form !== FORM || typeof epoch !== 'string' || typeof counter !== 'number' || typeof at !== 'string') {
    return undefined
  }
  const time = new Date(at)
  if (!Number.isSafeInteger(counter) || Number.isNaN(time.getTime())) return undefined
  return { epoch, counter, at: time }
}
