/** Uses up its file handles, and looks for PostgreSQL then. Usage: prlimit --nofile=… node exhausted-files.ts DATA */
import { openSync } from 'node:fs'
import { findPostmaster } from '../../../src/database/embedded/postmaster.ts'

const data = process.argv[2]!
const before = findPostmaster(data) === undefined ? 'absent' : 'running'
useUpHandles()
process.stdout.write(`${before} ${found()}`)

function useUpHandles(): void {
  try {
    for (;;) openSync('/dev/null', 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EMFILE') throw error
  }
}

function found(): string {
  try {
    return findPostmaster(data) === undefined ? 'absent' : 'running'
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}
