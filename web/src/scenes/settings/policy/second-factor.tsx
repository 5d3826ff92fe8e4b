import { Button, Group, Radio, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { SignInPolicy } from '../../../api/client.ts'
import { clock } from '../../../clock.ts'
import { ExactDay } from '../../../components/exact-day.tsx'
import { words } from '../../../words/index.ts'
import { ConfirmFewer, ConfirmFactor, type FactorChoice } from './confirm-factor.tsx'

const CHOICES = ['no-one', 'admins', 'everyone'] as const

const isLater = (from: string | undefined): from is string => from !== undefined && new Date(from) > clock.now()

/** The people who need a second factor, and from when. Each change is confirmed. */
export function SecondFactor({ policy }: { policy: SignInPolicy }) {
  const { secondFactorFor, secondFactorFrom, adminsSecondFactorFrom } = policy
  const text = words.signInPolicy
  const [choice, setChoice] = useState<FactorChoice>()
  const close = () => setChoice(undefined)
  const isFewer = choice === 'no-one' || (choice === 'admins' && secondFactorFor === 'everyone')
  return (
    <Stack gap="xs">
      <Radio.Group
        label={text.secondFactor}
        description={text.secondFactorHint}
        value={secondFactorFor}
        onChange={setChoice}
      >
        <Stack gap="xs" mt="xs">
          {CHOICES.map((one) => (
            <Radio key={one} value={one} label={text.secondFactorFor[one]} />
          ))}
        </Stack>
      </Radio.Group>
      {isLater(secondFactorFrom) && (
        <Group gap="xs">
          <Text size="sm">
            {text.applies} <ExactDay at={secondFactorFrom} />.
          </Text>
          {adminsSecondFactorFrom !== undefined && (
            <Text size="sm">
              {text.adminsApply} <ExactDay at={adminsSecondFactorFrom} />.
            </Text>
          )}
          <Button size="compact-sm" variant="default" onClick={() => setChoice(secondFactorFor)}>
            {text.requireNow}
          </Button>
        </Group>
      )}
      {choice !== undefined && isFewer && <ConfirmFewer choice={choice} onClose={close} />}
      {choice !== undefined && choice !== 'no-one' && !isFewer && (
        <ConfirmFactor policy={policy} choice={choice} onClose={close} />
      )}
    </Stack>
  )
}
