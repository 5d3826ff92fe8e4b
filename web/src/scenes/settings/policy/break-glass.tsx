import { Checkbox, Stack } from '@mantine/core'
import { useState } from 'react'
import type { SignInPolicy } from '../../../api/client.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import { usePolicyChange } from './use-policy-change.ts'

type PolicyAdmin = SignInPolicy['admins'][number]

/** Admins who can sign in without a provider. While others can't, a removal can end sessions at once, also one's own. */
export function BreakGlass({ policy: { admins, onlyByProvider } }: { policy: SignInPolicy }) {
  const text = words.signInPolicy
  const [ending, setEnding] = useState<PolicyAdmin>()
  const change = usePolicyChange(text.breakGlassSaved)
  const toggle = (admin: PolicyAdmin) => {
    const { id, isBreakGlass } = admin
    if (isBreakGlass && onlyByProvider) setEnding(admin)
    else change.mutate({ body: { breakGlass: isBreakGlass ? { remove: [id] } : { add: [id] } } })
  }
  return (
    <Stack gap="xs">
      {change.error && <ProblemNotice error={change.error} />}
      <Checkbox.Group
        label={text.breakGlass}
        description={text.breakGlassHint}
        value={admins.filter(({ isBreakGlass }) => isBreakGlass).map(({ id }) => id)}
      >
        <Stack gap="xs" mt="xs">
          {admins.map((admin) => (
            <Checkbox
              key={admin.id}
              value={admin.id}
              label={`${admin.name} (${admin.email})`}
              description={admin.hasTwoFactors ? undefined : text.needsFactors}
              disabled={change.isPending || (!admin.hasTwoFactors && !admin.isBreakGlass)}
              onChange={() => toggle(admin)}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      {ending && <ConfirmEnd admin={ending} onClose={() => setEnding(undefined)} />}
    </Stack>
  )
}

function ConfirmEnd({ admin: { id, name }, onClose }: { admin: PolicyAdmin; onClose: () => void }) {
  const text = words.signInPolicy
  const change = usePolicyChange(text.breakGlassSaved, onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={text.breakGlassEnd(name)}
      sentence={text.breakGlassEndSentence(name)}
      confirm={text.breakGlassEndButton}
      destructive
      busy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate({ body: { breakGlass: { remove: [id] } } })}
    />
  )
}
