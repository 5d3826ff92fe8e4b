import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconMailForward } from '@tabler/icons-react'
import { useState } from 'react'
import {
  postAlertSettingsConfirmMutation,
  postAlertSettingsTestMutation,
  type AlertRelay,
} from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Time } from '../../../components/time.tsx'
import { useMe } from '../../../session/session.ts'
import { words } from '../../../words/index.ts'

const { test: text } = words.alerts

/** Test of the relay: acceptance, and arrival. */
export function RelayTestPart({ relay: { test } }: { relay: AlertRelay }) {
  const me = useMe()
  const [to, setTo] = useState(test?.to ?? me.email)
  const refresh = useRefresh('alert-settings')
  const send = useOnce({ ...postAlertSettingsTestMutation(), onSuccess: refresh, onError: refresh })
  return (
    <Stack gap="xs">
      <TestResult test={test} />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate({ body: { to: to.trim() } })
        }}
      >
        <Group align="flex-end" gap="xs">
          <TextInput
            label={text.to}
            type="email"
            required
            value={to}
            onChange={({ currentTarget }) => setTo(currentTarget.value)}
            style={{ flex: '1 1 16rem' }}
          />
          <Button
            type="submit"
            variant="default"
            leftSection={<IconMailForward size={14} aria-hidden />}
            loading={send.isPending}
          >
            {text.send}
          </Button>
        </Group>
      </form>
      {send.error && <ProblemNotice error={send.error} />}
      {test?.how === 'accepted' && <Confirmation />}
    </Stack>
  )
}

function TestResult({ test }: { test: AlertRelay['test'] }) {
  if (!test) return <Text size="sm">{text.never}</Text>
  const { to, sentAt, testedAt, how, reason, answer } = test
  const Sign = how ? IconCheck : IconAlertTriangle
  return (
    <div role="status">
      <Text size="sm">
        <Sign size={14} aria-hidden style={{ verticalAlign: '-2px', marginInlineEnd: 6 }} />
        {how ? text[how](to) : text.refused(to)}, <Time at={testedAt ?? sentAt} />
      </Text>
      {reason && (
        <Text size="xs" c="dimmed">
          {reason.title}. {reason.fix}
        </Text>
      )}
      {answer !== undefined && !how && (
        <Text size="xs" c="dimmed">
          {text.answer(answer)}
        </Text>
      )}
    </div>
  )
}

function Confirmation() {
  const [code, setCode] = useState('')
  const refresh = useRefresh('alert-settings')
  const confirm = useOnce({ ...postAlertSettingsConfirmMutation(), onSuccess: refresh })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        confirm.mutate({ body: { code: code.trim() } })
      }}
    >
      <Stack gap="xs">
        <Group align="flex-end" gap="xs">
          <TextInput
            label={text.code}
            description={text.codeHint}
            required
            inputMode="numeric"
            autoComplete="one-time-code"
            value={code}
            onChange={({ currentTarget }) => setCode(currentTarget.value)}
            style={{ flex: '1 1 16rem' }}
          />
          <Button type="submit" variant="default" loading={confirm.isPending}>
            {text.confirm}
          </Button>
        </Group>
        {confirm.error && <ProblemNotice error={confirm.error} />}
      </Stack>
    </form>
  )
}
