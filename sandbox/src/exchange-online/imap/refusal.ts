/** Ends a command with `NO` or `BAD`; any other exception is an internal error of the sandbox. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: 'NO' | 'BAD'

  constructor(status: 'NO' | 'BAD', text: string) {
    super(text)
    this.status = status
  }
}

/** Error for invalid arguments. The two digits are Exchange's own (observed). */
export const argumentError = () => new Refusal('BAD', 'Command Argument Error. 11')
export const searchError = () => new Refusal('BAD', 'Command Argument Error. 12')
/** Error for an unknown command. The number is unconfirmed. */
export const unknownCommand = () => new Refusal('BAD', 'Command Error. 10')
/** Error for a command in the wrong state. docs/reference/microsoft-365.md §E.3. */
export const wrongState = () => new Refusal('BAD', 'Command received in Invalid state.')

/** Thrown when the connection has ended: the client disconnected, or the server sent BYE. */
export class ConnectionOver extends Error {
  override readonly name = 'ConnectionOver'
}
