import { toProblem } from '../../api/problem.ts'
import { lazyPart } from '../inbox/lazy-part.tsx'

export const SecondStep = lazyPart('second-step', async () => ({
  Part: (await import('../factors/second-step.tsx')).SecondStep,
}))

export const PasskeyButton = lazyPart('passkey-button', async () => ({
  Part: (await import('../factors/passkey-button.tsx')).PasskeyButton,
}))

/** True for the answer to a right password that needs a second step. */
export function needsSecondStep(error: unknown): boolean {
  return error !== null && toProblem(error).code === 'people.second_factor_needed'
}
