/** A request of somebody outside that cannot be done, and the field that is the cause. */
export class OutsideError extends Error {
  override readonly name = 'OutsideError'
  readonly status: 400 | 404 | 413 | 422
  /** Name of the field in the JSON and in the form; absent when it is the whole request. */
  readonly field: string | undefined

  constructor(status: 400 | 404 | 413 | 422, message: string, field?: string, cause?: unknown) {
    super(message, { cause })
    this.status = status
    this.field = field
  }
}
