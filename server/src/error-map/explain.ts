import { CATALOGUE, fillIn, isErrorCode, type Upstream } from '../kernel/errors.ts'
import { findEntry } from './error-map.ts'
import { inWords, type KnownNames } from './known-names.ts'
import type { RemedyCommand, MapEntry, Shell, Who } from './map-entry.ts'
import { connectingLine, quotedCommand } from './quoted-command.ts'
import { WHO_WORDS } from './who-words.ts'

/** A more precise explanation of one failure. The title and the fix of the catalog stay unchanged beside it. */
export interface Explanation {
  /** Microsoft's code: `AADSTS50173`, `ErrorAccessDenied`. Undefined if only Postkey's own code is known. */
  said: string | undefined
  cause: string
  who: Who
  /** The responsible person or role, for display. */
  whoWords: string
  where: string
  commands: readonly ExplainedCommand[]
  /** Microsoft's page about the AADSTS number. Undefined for other codes. */
  lookupUrl: string | undefined
}

export interface ExplainedCommand {
  shell: Shell
  /** Complete text to copy. Its first lines connect to the right organization. */
  text: string
}

/**
 * Returns the cause of a failure, who can fix it, the place and the commands. `undefined` if the fix of the catalog is
 * all there is. For display only: no behavior may depend on the result.
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
    lookupUrl: typeof said === 'number' ? `https://login.microsoftonline.com/error?code=${said}` : undefined,
  }
}

interface Found {
  entry: MapEntry
  said: number | string | undefined
}

/** Returns the entry of the first code that is in the map: Microsoft lists the main one first. */
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

/** Returns false if a command would reach the wrong cloud: these shells would change the tenant of the global cloud. */
function reachesCloud(shell: Shell, { scriptNames }: KnownNames): boolean {
  return scriptNames !== 'none' || shell === 'exchange-powershell'
}

/** Returns one block per shell, so that each shell connects once. */
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
