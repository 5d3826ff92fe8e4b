/** Ends a command with `NO` or `BAD`; anything else that is thrown is a fault of the sandbox. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: 'NO' | 'BAD'

  constructor(status: 'NO' | 'BAD', text: string) {
    super(text)
    this.status = status
  }
}

/** The client's words cannot be read as a command. The two numbers are Exchange's own (observed). */
export const argumentError = () => new Refusal('BAD', 'Command Argument Error. 11')
export const searchError = () => new Refusal('BAD', 'Command Argument Error. 12')
/** A word that is no command. The number is unsure. */
export const unknownCommand = () => new Refusal('BAD', 'Command Error. 10')
/** docs/reference/microsoft-365.md §E.3. */
export const wrongState = () => new Refusal('BAD', 'Command received in Invalid state.')

/** The connection is over: its client has gone, or we have sent BYE. */
export class ConnectionOver extends Error {
  override readonly name = 'ConnectionOver'
}
