import { Alert } from '@mantine/core'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'

/** A failure of the browser (WebAuthn §6.3.2 and §6.3.3) in words, or one of the server. */
export function PasskeyProblem({ error }: { error: Error }) {
  const { failures } = words.factors
  const text = error.name in failures ? failures[error.name as keyof typeof failures] : undefined
  return text === undefined ? (
    <ProblemNotice error={error} />
  ) : (
    <Alert role="alert" color="orange" variant="light">
      {text}
    </Alert>
  )
}
