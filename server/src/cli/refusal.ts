import { AppError, type ErrorCode } from '../kernel/errors.ts'

/** An error with a reason, which is printed for people and is the `detail` for programs. */
export function refusal(code: ErrorCode, reason: string): AppError {
  return new AppError(code, { detail: reason, cause: new Error(reason) })
}
