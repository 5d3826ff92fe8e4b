import { Container } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { getSessionOptions } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { personOnFactorPage } from './factor-wait.ts'
import { Shell } from './shell.tsx'

/** Signed-in users don't need its code. */
const SignIn = lazy(async () => ({ default: (await import('../entry/sign-in.tsx')).SignIn }))

const FactorFirst = lazy(async () => ({ default: (await import('../factors/factor-first.tsx')).FactorFirst }))

/** All pages of the team. A user who isn't signed in does so here, at the same address, and continues there. */
export function SignedIn() {
  const session = useQuery({
    ...getSessionOptions(),
    retry: false,
    staleTime: 60_000,
  })
  const isSignedOut = session.isError && toProblem(session.error).code === 'http.not_signed_in'
  const [factorFirst, setFactorFirst] = useState<string>()
  // The data of an ended session stay in the query.
  const next = personOnFactorPage(factorFirst, isSignedOut ? undefined : session.data)
  if (next !== factorFirst) setFactorFirst(next)
  const loading = (
    <Container p="xl">
      <LoadingRows />
    </Container>
  )
  if (session.data && next !== undefined) {
    const goOn = () => void session.refetch().then(() => setFactorFirst(undefined))
    return (
      <Suspense fallback={loading}>
        <FactorFirst isDue={session.data.missingFactor?.isDue ?? false} onDone={goOn} />
      </Suspense>
    )
  }
  if (session.data) return <Shell />
  if (session.isPending) return loading
  if (toProblem(session.error).code === 'http.not_signed_in') {
    return (
      <Suspense fallback={loading}>
        <SignIn />
      </Suspense>
    )
  }
  return (
    <Container component="main" p="xl">
      <ProblemNotice error={session.error} onRetry={() => void session.refetch()} />
    </Container>
  )
}
