/** Who can fix it. `app-developer` maintains the app registration, `postkey` are the makers of Postkey. */
export type Who = 'person' | 'entra-admin' | 'app-developer' | 'microsoft' | 'postkey'

export type Shell = 'azure-cli' | 'graph-powershell' | 'exchange-powershell'

/**
 * One command. `{name}` is replaced by the quoted value of a known name, `{eq property name}` by a quoted OData filter
 * that compares the property with it. Nothing else is replaced, so no value can end its quotes.
 */
export interface RemedyCommand {
  shell: Shell
  line: string
  /** Scopes for connecting Graph PowerShell. */
  scopes?: string
  /** Shown only for this kind of principal. Absent: for both. */
  only?: 'person' | 'application'
}

/** The meaning of one or more codes. In `cause` and `where`, `{name}` is replaced by a known name, unquoted. */
export interface MapEntry {
  /** AADSTS numbers, or Graph codes in Microsoft's spelling. */
  codes: readonly (number | string)[]
  who: Who
  cause: string
  /** Place to go, and the action to take there. */
  where: string
  commands?: readonly RemedyCommand[]
}
