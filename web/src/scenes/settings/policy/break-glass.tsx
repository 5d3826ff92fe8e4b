import { Checkbox, Stack } from '@mantine/core'
import type { SignInPolicy } from '../../../api/client.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import { usePolicyChange } from './use-policy-change.ts'

/** Admins who can sign in without a provider. */
export function BreakGlass({ policy: { admins } }: { policy: SignInPolicy }) {
  const text = words.signInPolicy
  const change = usePolicyChange(text.breakGlassSaved)
  return (
    <Stack gap="xs">
      {change.error && <ProblemNotice error={change.error} />}
      <Checkbox.Group
        label={text.breakGlass}
        description={text.breakGlassHint}
        value={admins.filter(({ isBreakGlass }) => isBreakGlass).map(({ id }) => id)}
        onChange={(breakGlass) => change.mutate({ body: { breakGlass } })}
      >
        <Stack gap="xs" mt="xs">
          {admins.map(({ id, name, email, isBreakGlass, hasTwoFactors }) => (
            <Checkbox
              key={id}
              value={id}
              label={`${name} (${email})`}
              description={hasTwoFactors ? undefined : text.needsFactors}
              disabled={change.isPending || (!hasTwoFactors && !isBreakGlass)}
            />
          ))}
        </Stack>
      </Checkbox.Group>
    </Stack>
  )
}
