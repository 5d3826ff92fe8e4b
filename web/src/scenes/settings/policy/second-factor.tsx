import { Button, Group, Radio, Stack, Text } from '@mantine/core'
import type { SignInPolicy } from '../../../api/client.ts'
import { clock } from '../../../clock.ts'
import { ExactDay } from '../../../components/exact-day.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import { usePolicyChange } from './use-policy-change.ts'

const CHOICES = ['no-one', 'admins', 'everyone'] as const

/** The people who need a second factor. A choice applies at once; before the first one, from a date. */
export function SecondFactor({ policy: { secondFactorFor, secondFactorFrom } }: { policy: SignInPolicy }) {
  const text = words.signInPolicy
  const require = usePolicyChange(text.required)
  const relax = usePolicyChange(text.optional)
  const change = (choice: SignInPolicy['secondFactorFor']) =>
    (choice === 'no-one' ? relax : require).mutate({ body: { secondFactorFor: choice } })
  const isLater = secondFactorFrom !== undefined && new Date(secondFactorFrom) > clock.now()
  const error = require.error ?? relax.error
  const isBusy = require.isPending || relax.isPending
  return (
    <Stack gap="xs">
      {error && <ProblemNotice error={error} />}
      <Radio.Group
        label={text.secondFactor}
        description={text.secondFactorHint}
        value={secondFactorFor}
        onChange={change}
      >
        <Stack gap="xs" mt="xs">
          {CHOICES.map((choice) => (
            <Radio key={choice} value={choice} label={text.secondFactorFor[choice]} disabled={isBusy} />
          ))}
        </Stack>
      </Radio.Group>
      {isLater && (
        <Group gap="xs">
          <Text size="sm">
            {text.applies} <ExactDay at={secondFactorFrom} />.
          </Text>
          <Button size="compact-sm" variant="default" loading={isBusy} onClick={() => change(secondFactorFor)}>
            {text.requireNow}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
