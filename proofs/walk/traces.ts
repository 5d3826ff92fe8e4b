/** Traces of a Postkey that was started with a recorder, for the canary. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeFind, searchTraces, type Traces } from '../canary/canary.ts'
import type { NamedSecret, NamedText } from '../canary/find-secrets.ts'
import type { Place, StartedPostkey } from './started-postkey.ts'

/** URL of the database: the given one, or the embedded one, whose password is in a file that only we can read. */
export function readDatabaseUrl({ dataFolder, database }: Pick<Place, 'dataFolder' | 'database'>): string {
  if (database) return database.url
  const password = readFileSync(join(dataFolder, 'postgres-password'), 'utf8')
  const socket = encodeURIComponent(join(dataFolder, 'postgres/socket'))
  return `postgresql://postkey:${encodeURIComponent(password)}@/postkey?host=${socket}`
}

/** Findings of the canary in the traces of a Postkey, in words; and the kinds of secrets it searched for. */
export async function secretsLeftBy(postkey: StartedPostkey, more: readonly NamedText[] = []) {
  const traces = tracesOf(postkey)
  const { finds, ...sought } = await searchTraces({ ...traces, texts: [...traces.texts, ...more] })
  return { ...sought, finds: finds.map(describeFind) }
}

function tracesOf(postkey: StartedPostkey): Traces {
  const { place } = postkey
  const postgresFolder = place.database?.folder ?? place.dataFolder
  const terminal = 'what is printed'
  return {
    exchanges: place.exchanges,
    databaseUrl: readDatabaseUrl(place),
    texts: [
      { name: 'postkey.log', text: readFileSync(place.logFile, 'utf8') },
      { name: 'postgres.log', text: readFileSync(join(postgresFolder, 'postgres.log'), 'utf8') },
      { name: terminal, text: postkey.printed() },
    ],
    secrets: [
      { name: 'first admin link', value: new URL(postkey.firstAdminLink).hash.slice(1), mayBeIn: [terminal] },
      { name: 'password of the database', value: readFileSync(join(postgresFolder, 'postgres-password'), 'utf8') },
      ...keysIn(place.keyFile),
    ],
  }
}

function keysIn(file: string): NamedSecret[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .flatMap((line) => {
      const value = line.trim().split(/\s+/)[1]
      return value === undefined ? [] : [{ name: 'encryption key', value }]
    })
}
