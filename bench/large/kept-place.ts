/** A Postkey with years of mail, kept between runs: filling it takes some minutes. */
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { newPlace, type Place } from '../../proofs/walk/started-postkey.ts'
import type { Bench } from '../figures.ts'
import { onConnected, onStage, type MailStage } from '../stage.ts'
import { fillWithYears } from './fill.ts'
import { createTeamKey } from './team-key.ts'

const ROOT = join(import.meta.dirname, '../..')
const MESSAGES = { full: 1_000_000, quick: 20_000 }
/** Names of kept folders. The top folder can be any folder of the user, so nothing else in it is removed. */
const KEPT = /^\d+-[0-9a-f]{16}$/
/** Exists in a folder that is filled completely. Has the API key. */
const KEY_FILE = 'api-key'
const TEAM_KEY_FILE = 'team-api-key'

export interface YearsStage extends MailStage {
  /** API key of a team with four mailboxes and a fifth of the messages. */
  teamKey: string
}

/** Works on a million messages, or on a few laid for this run. */
export async function onYearsOfMail<T>(bench: Bench, work: (stage: YearsStage) => Promise<T>): Promise<T> {
  if (bench.quick) {
    return onStage(bench, async (stage) => {
      await fillWithYears(stage.postkey.place, stage.accountId, MESSAGES.quick, bench.say)
      return work({ ...stage, teamKey: await createTeamKey(stage) })
    })
  }
  const folder = await keptFolder(bench)
  const [key, teamKey] = [KEY_FILE, TEAM_KEY_FILE].map((file) => readFileSync(join(folder, file), 'utf8')) as [
    string,
    string,
  ]
  return onConnected(bench, await newPlace(folder), key, (stage) => work({ ...stage, teamKey }))
}

/** Folder of the kept place. Another schema or other mail needs another one, which replaces it. */
async function keptFolder(bench: Bench): Promise<string> {
  const top = topFolder()
  const name = `${MESSAGES.full}-${fingerprint()}`
  const folder = join(top, name)
  if (existsSync(join(folder, KEY_FILE))) return folder
  mkdirSync(top, { recursive: true, mode: 0o711 })
  for (const old of readdirSync(top).filter((entry) => KEPT.test(entry))) {
    rmSync(join(top, old), { recursive: true, force: true })
  }
  mkdirSync(folder)
  bench.say(`filling ${folder} with ${MESSAGES.full} messages, once`)
  const place: Place = await newPlace(folder)
  const beganAt = performance.now()
  const [key, teamKey] = await onStage(
    bench,
    async (stage) => {
      await fillWithYears(place, stage.accountId, MESSAGES.full, bench.say)
      return [stage.key, await createTeamKey(stage)] as const
    },
    { place },
  )
  writeFileSync(join(folder, TEAM_KEY_FILE), teamKey, { mode: 0o600 })
  writeFileSync(join(folder, KEY_FILE), key, { mode: 0o600 })
  bench.tell({ name: 'filling, once', value: (performance.now() - beganAt) / 1000, unit: 's' })
  return folder
}

/** `POSTKEY_BENCH`, or a folder in the cache of the user. PostgreSQL of root runs as a user who can't enter its home. */
function topFolder(): string {
  const cache = process.getuid?.() === 0 ? '/var/cache' : (process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'))
  return process.env.POSTKEY_BENCH ?? join(cache, 'postkey-bench')
}

/** Changes with the schema and with the mail. */
function fingerprint(): string {
  const mail = ['random', 'years-of-mail', 'copy-rows', 'fill'].map((name) => `bench/large/${name}.ts`)
  const hash = createHash('sha256')
  for (const file of [...globSync('server/migrations/*.sql', { cwd: ROOT }).sort(), ...mail]) {
    hash.update(readFileSync(join(ROOT, file)))
  }
  return hash.digest('hex').slice(0, 16)
}
