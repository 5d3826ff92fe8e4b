import { AppError } from '../kernel/errors.ts'

/** Why a start failed, for the person at the terminal: what happened, what to do, and what lies behind it. */
export function describeFailure(thrown: unknown): string {
  const error = AppError.from(thrown)
  const behind = causes(error.cause)
  const lines = [`${error.message} (${error.code}).`, error.fix, ...behind.map(({ message }) => message)]
  // Where our own mistakes are is for whoever reports them.
  if (error.remedy === 'bug') lines.push(behind.at(-1)?.stack ?? error.stack ?? '')
  return lines.filter((line) => line !== '').join('\n')
}

function causes(cause: unknown): Error[] {
  return cause instanceof Error ? [cause, ...causes(cause.cause)] : []
}
