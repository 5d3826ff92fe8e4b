import { AppError } from '../kernel/errors.ts'

/** Text for the terminal about a failed start: the error, its fix and its causes. */
export function describeFailure(thrown: unknown): string {
  const error = AppError.from(thrown)
  const behind = causes(error.cause)
  const lines = [`${error.message} (${error.code}).`, error.fix, ...behind.map(({ message }) => message)]
  // The stack of a defect, for a bug report.
  if (error.remedy === 'bug') lines.push(behind.at(-1)?.stack ?? error.stack ?? '')
  return lines.filter((line) => line !== '').join('\n')
}

function causes(cause: unknown): Error[] {
  return cause instanceof Error ? [cause, ...causes(cause.cause)] : []
}
