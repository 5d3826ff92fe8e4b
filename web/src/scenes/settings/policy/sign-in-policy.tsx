import { Divider } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getSignInPolicyOptions } from '../../../api/client.ts'
import { LoadingRows } from '../../../components/loading-rows.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Section } from '../../../components/section.tsx'
import { words } from '../../../words/index.ts'
import { BreakGlass } from './break-glass.tsx'
import { OnlyByProvider } from './only-by-provider.tsx'
import { SecondFactor } from './second-factor.tsx'

/** The policy of sign-ins to Postkey. */
export function SignInPolicy() {
  const { data, error, refetch } = useQuery(getSignInPolicyOptions())
  return (
    <Section title={words.signInPolicy.title}>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={3} />}
      {data && (
        <>
          <SecondFactor policy={data} />
          <Divider />
          <BreakGlass policy={data} />
          <Divider />
          <OnlyByProvider policy={data} />
        </>
      )}
    </Section>
  )
}
