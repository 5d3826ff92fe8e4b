/** Who can end it. `app-developer` is whoever keeps the app registration, `postkey` its makers. */
export type Who = 'person' | 'entra-admin' | 'app-developer' | 'microsoft' | 'postkey'

export type Shell = 'azure-cli' | 'graph-powershell' | 'exchange-powershell'

/**
 * One command. `{name}` is the quoted value of a known name, `{eq property name}` a quoted OData filter that compares with
 * it; nothing else is filled in, so no value can end its quotes.
 */
export interface RemedyCommand {
  shell: Shell
  line: string
  /** What Graph PowerShell has to be connected with. */
  scopes?: string
  /** Only where a person opens the mailbox, or only where the application does by itself. */
  only?: 'person' | 'application'
}

/** What one or more codes mean. In `cause` and `where`, `{name}` is a known name as it is. */
export interface MapEntry {
  /** AADSTS numbers, or codes of Graph in Microsoft's spelling. */
  codes: readonly (number | string)[]
  who: Who
  cause: string
  /** Where to go, and what to press there. */
  where: string
  commands?: readonly RemedyCommand[]
}
