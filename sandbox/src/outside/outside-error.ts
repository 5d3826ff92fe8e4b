/** An invalid request for external mail, with the invalid field. */
export class OutsideError extends Error {
  override readonly name = 'OutsideError'
  readonly status: 400 | 404 | 413 | 422
  /** Name of the field in the JSON and in the form; `undefined` when the whole request is invalid. */
  readonly field: string | undefined

  constructor(status: 400 | 404 | 413 | 422, message: string, field?: string, cause?: unknown) {
    super(message, { cause })
    this.status = status
    this.field = field
  }
}
