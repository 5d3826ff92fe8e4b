/** An invalid request to the faults; the message names the reason. */
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
