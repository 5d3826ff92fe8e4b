/** What was asked of the faults cannot be done; the message says why, for whoever asked. */
export class FaultsError extends Error {
  override readonly name = 'FaultsError'
  readonly status: number
  readonly field: string | undefined

  constructor(status: number, message: string, field?: string) {
    super(message)
    this.status = status
    this.field = field
  }
}
