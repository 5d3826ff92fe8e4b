/** A staged file, parsed from the output of git. */

export interface StagedFile {
  path: string
  /** True if the working file has unstaged changes. */
  partly: boolean
}

/** Parses `git status --porcelain=v1 -z --no-renames`. Deleted files are excluded: they need no check. */
export function readStatus(output: string): StagedFile[] {
  return output
    .split('\0')
    .filter((entry) => /^[AMT]/.test(entry))
    .map((entry) => ({ path: entry.slice(3), partly: entry[1] !== ' ' }))
}

/**
 * Folders whose unit tests a change affects: the room under `src`, or the first two folders elsewhere
 * (`sandbox/foreign`). A file in a higher folder affects its whole workspace.
 */
export function roomFolders(paths: readonly string[]): string[] {
  const folders = paths.map((path) => {
    const parts = path.split('/').slice(0, -1)
    return parts.slice(0, parts[1] === 'src' ? 3 : 2).join('/')
  })
  return [...new Set(folders.filter((folder) => folder !== ''))].sort().map((folder) => `${folder}/`)
}

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/\b[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}/, 'a client secret of Entra ID'],
  [/\bgh[pousr]_[A-Za-z0-9]{36}/, 'a token of GitHub'],
  [/\bAKIA[0-9A-Z]{16}\b/, 'an access key of AWS'],
  [/\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}/, 'a signed token'],
  [/\b\d\.A[A-Za-z0-9_-]{200,}/, 'a refresh token of Entra ID'],
]

/** Added lines that look like a secret. A line with an invented secret is marked with `not-a-secret`. */
export function secretComplaints(diff: string): string[] {
  let file = ''
  return diff.split('\n').flatMap((line) => {
    if (line.startsWith('+++ ')) file = line.slice(4).replace(/^b\//, '')
    if (!line.startsWith('+') || line.startsWith('+++ ') || line.includes('not-a-secret')) return []
    return SECRETS.filter(([shape]) => shape.test(line)).map(
      ([, what]) => `${file}: an added line looks like ${what}. If it is made up, write "not-a-secret" on that line.`,
    )
  })
}
