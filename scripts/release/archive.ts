/** Archives with the same bytes for the same files: sorted, with one time, without an owner. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

export interface ArchivePart {
  folder: string
  /** Files in that folder, by their path in the archive. */
  files: readonly string[]
}

export interface Archive {
  /** The only folder at the top of the archive. */
  top: string
  /** Time of all files, in seconds since 1970. */
  time: number
  parts: readonly ArchivePart[]
}

/**
 * Writes a `.tar.gz` with GNU tar.
 *
 * @throws {Error} with the message of tar
 */
export async function writeArchive(target: string, { top, time, parts }: Archive): Promise<void> {
  const lists = mkdtempSync(join(tmpdir(), 'postkey-archive-'))
  try {
    const child = spawn(
      'tar',
      [
        ...['--create', '--format=gnu', '--no-recursion', '--hard-dereference', '--null'],
        ...['--owner=0', '--group=0', '--numeric-owner', '--mode=u+rw,a+rX,go-w', `--mtime=@${time}`],
        `--transform=s,^,${top}/,`,
        ...parts.flatMap(({ folder, files }, index) => {
          const list = join(lists, String(index))
          writeFileSync(list, withFolders(files).join('\0'))
          return [`--directory=${folder}`, `--files-from=${list}`]
        }),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, LC_ALL: 'C' } },
    )
    let complaint = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
    const ended = once(child, 'close') as Promise<[number | null]>
    // Node writes no time into the header.
    const [[code]] = await Promise.all([ended, pipeline(child.stdout, createGzip(), createWriteStream(target))])
    if (code !== 0) throw new Error(`tar could not write ${target}: ${complaint}`)
  } finally {
    rmSync(lists, { recursive: true, force: true })
  }
}

/** Adds the folders, so that their permissions don't depend on the umask of the person who unpacks. */
function withFolders(files: readonly string[]): string[] {
  const folders = new Set<string>()
  for (const file of files) {
    for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) folders.add(folder)
  }
  return [...folders, ...files].sort()
}
