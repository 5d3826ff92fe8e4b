import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getAccountFactorsOptions } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { PasskeysSection } from './passkeys-section.tsx'
import { RecoveryCodesDialog } from './recovery-codes-dialog.tsx'
import { TwoStepSection } from './two-step-section.tsx'

/** Passkeys, authenticator app and recovery codes of the signed-in person. */
export function FactorsSections() {
  const { data, error, refetch } = useQuery(getAccountFactorsOptions())
  const [codes, showCodes] = useState<readonly string[]>()
  if (!data) {
    return (
      <Section title={words.factors.passkeys.title}>
        {error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : <LoadingRows rows={1} />}
      </Section>
    )
  }
  return (
    <>
      <PasskeysSection passkeys={data.passkeys} onCodes={showCodes} />
      <TwoStepSection factors={data} onCodes={showCodes} />
      <RecoveryCodesDialog codes={codes} onClose={() => showCodes(undefined)} />
    </>
  )
}
