import { Button, Group, Stack } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { confirmWithPasskey } from '../../api/passkeys.ts'
import { useOnce } from '../../api/use-once.ts'
import { words } from '../../words/index.ts'
import { PasskeyProblem } from '../factors/passkey-problem.tsx'
import { KEEPS_ESCAPE } from './keeps-escape.ts'
import type { MethodProps } from './method-props.ts'

export function ByPasskey({ onConfirmed, onCancel }: MethodProps) {
  const confirm = useOnce({ mutationFn: confirmWithPasskey, onSuccess: onConfirmed })
  return (
    <Stack>
      {confirm.error && <PasskeyProblem error={confirm.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel} {...KEEPS_ESCAPE}>
          {words.cancel}
        </Button>
        <Button
          leftSection={<IconFingerprint size={18} aria-hidden />}
          data-autofocus
          // It comes after the dialog, which looks for its first field only once.
          autoFocus
          loading={confirm.isPending}
          onClick={() => confirm.mutate()}
          {...KEEPS_ESCAPE}
        >
          {words.identity.passkey}
        </Button>
      </Group>
    </Stack>
  )
}
