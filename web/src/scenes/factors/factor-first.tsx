import { Alert, Button, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getAccountFactorsOptions } from '../../api/client.ts'
import { useSignOut } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { EntryPage } from '../entry/entry-page.tsx'
import { IdentityCheck } from '../identity/identity-check.tsx'
import { FactorsSections } from './factors-sections.tsx'
import { useFactorWait } from './use-factor-wait.ts'

export interface FactorFirstProps {
  /** False once the policy no longer requires the factor, or when it was added. */
  isDue: boolean
  onDone: () => void
}

/** The only page of a person who must add a second factor first. It stays until they have seen their recovery codes. */
export function FactorFirst({ isDue, onDone }: FactorFirstProps) {
  useFactorWait(isDue)
  const { data } = useQuery(getAccountFactorsOptions())
  const signOut = useSignOut()
  const text = words.factorFirst
  const isDone = data !== undefined && (data.appInUseSince !== undefined || data.passkeys.length > 0)
  return (
    <EntryPage title={text.title} sentence={text.sentence} size={640}>
      {(isDone || !isDue) && (
        <Alert color="green" variant="light" role="status">
          {isDone ? text.done : text.relaxed}
        </Alert>
      )}
      <FactorsSections />
      <Group justify="space-between">
        <Button variant="default" onClick={() => void signOut()}>
          {words.shell.signOut}
        </Button>
        {(isDone || !isDue) && <Button onClick={onDone}>{text.go}</Button>}
      </Group>
      <IdentityCheck />
    </EntryPage>
  )
}
