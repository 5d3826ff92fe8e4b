import { Container } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { getSessionOptions } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Shell } from './shell.tsx'

/** Signed-in users don't need its code. */
const SignIn = lazy(async () => ({ default: (await import('../entry/sign-in.tsx')).SignIn }))

const FactorFirst = lazy(async () => ({ default: (await import('../factors/factor-first.tsx')).FactorFirst }))

/** All pages of the team. A user who isn't signed in does so here, at the same address, and continues there. */
export function SignedIn() {
  const session = useQuery({ ...getSessionOptions(), retry: false, staleTime: 60_000 })
  // The page stays after the factor was added, until its recovery codes are seen.
  const [needsFactor, setNeedsFactor] = useState(false)
  if (session.data?.missingFactor?.isDue && !needsFactor) setNeedsFactor(true)
  const loading = (
    <Container p="xl">
      <LoadingRows />
    </Container>
  )
  if (session.data && needsFactor) {
    const goOn = () => void session.refetch().then(({ data }) => setNeedsFactor(data?.missingFactor?.isDue ?? false))
    return (
      <Suspense fallback={loading}>
        <FactorFirst onDone={goOn} />
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
