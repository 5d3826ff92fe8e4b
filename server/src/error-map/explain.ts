import { CATALOGUE, fillIn, isErrorCode, type Upstream } from '../kernel/errors.ts'
import { findEntry } from './error-map.ts'
import { inWords, type KnownNames } from './known-names.ts'
import type { RemedyCommand, MapEntry, Shell, Who } from './map-entry.ts'
import { connectingLine, quotedCommand } from './quoted-command.ts'
import { WHO_WORDS } from './who-words.ts'

/** Better words for one failure. The catalogue's own title and fix stand beside it and stay what they are. */
export interface Explanation {
  /** What Microsoft calls it: `AADSTS50173`, `ErrorAccessDenied`. Absent when only our own code was known. */
  said: string | undefined
  cause: string
  who: Who
  /** Who, as a person reads it. */
  whoWords: string
  where: string
  commands: readonly ExplainedCommand[]
  /** Microsoft's page about the number. */
  lookUpUrl: string | undefined
}

export interface ExplainedCommand {
  shell: Shell
  /** Connects to the right organization first; to be copied as it is. */
  text: string
}

/**
 * Says what a failure means and who can end it, where, with which command. `undefined` when the catalogue's own fix is all
 * there is to say. It chooses words; nothing may be decided by what it answers.
 */
export function explain(code: string, upstream: Upstream | undefined, names: KnownNames = {}): Explanation | undefined {
  const found = fromUpstream(upstream) ?? fromOurs(code)
  if (!found) return undefined
  const { entry, said } = found
  return {
    said: typeof said === 'number' ? `AADSTS${said}` : said,
    cause: sentence(entry.cause, names),
    who: entry.who,
    whoWords: entry.who === 'person' ? inWords('person', names, false) : WHO_WORDS[entry.who],
    where: sentence(entry.where, names),
    commands: commandsOf(entry, names),
    lookUpUrl: typeof said === 'number' ? `https://login.microsoftonline.com/error?code=${said}` : undefined,
  }
}

interface Found {
  entry: MapEntry
  said: number | string | undefined
}

/** Several numbers may come: the first that is in the map is the one Microsoft leads with. */
function fromUpstream(upstream: Upstream | undefined): Found | undefined {
  for (const said of [...(upstream?.errorCodes ?? []), ...(upstream?.code === undefined ? [] : [upstream.code])]) {
    const entry = findEntry(said)
    if (entry) return { entry, said }
  }
  return undefined
}

function fromOurs(code: string): Found | undefined {
  const explainAs = isErrorCode(code) ? CATALOGUE[code].explainAs : undefined
  const entry = explainAs === undefined ? undefined : findEntry(explainAs)
  return entry && { entry, said: undefined }
}

function sentence(text: string, names: KnownNames): string {
  return fillIn(text, (parameter, at) => inWords(parameter, names, at === 0))
}

/** In another cloud, a command of these shells would change the tenant of the global cloud. */
function reachesCloud(shell: Shell, { scriptNames }: KnownNames): boolean {
  return scriptNames !== 'none' || shell === 'exchange-powershell'
}

/** One block per shell, which connects once. */
function commandsOf({ commands = [] }: MapEntry, names: KnownNames): ExplainedCommand[] {
  const { principal = 'person' } = names
  const fitting = commands.filter(
    ({ only, shell }) => (only === undefined || only === principal) && reachesCloud(shell, names),
  )
  const byShell = new Map<Shell, RemedyCommand[]>()
  for (const command of fitting) byShell.set(command.shell, [...(byShell.get(command.shell) ?? []), command])
  return [...byShell].map(([shell, ofShell]) => ({
    shell,
    text: [connectingLine(ofShell[0]!, names), ...ofShell.map((command) => quotedCommand(command, names))].join('\n'),
  }))
}
