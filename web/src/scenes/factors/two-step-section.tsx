import { Alert, Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import {
  deleteAccountAuthenticatorAppMutation,
  postAccountRecoveryCodesMutation,
  type Factors,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { Section } from '../../components/section.tsx'
import { showNotice } from '../../components/show-notice.ts'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { SetUpAppDialog } from './set-up-app-dialog.tsx'

/** From this number on, the page warns. */
const FEW_CODES = 3

interface TwoStepSectionProps {
  factors: Factors
  onCodes: (codes: readonly string[] | undefined) => void
}

export function TwoStepSection({ factors, onCodes }: TwoStepSectionProps) {
  const { appInUseSince, passkeys, recoveryCodesLeft } = factors
  const [dialog, show] = useState<'set-up' | 'remove' | 'codes'>()
  const { app, recovery } = words.factors
  const close = () => show(undefined)
  const hasFactor = appInUseSince !== undefined || passkeys.length > 0
  return (
    <Section
      title={app.title}
      actions={
        <Group gap="xs">
          {appInUseSince !== undefined && (
            <Button size="xs" variant="default" onClick={() => show('remove')}>
              {app.remove}
            </Button>
          )}
          <Button size="xs" variant="default" onClick={() => show('set-up')}>
            {appInUseSince === undefined ? app.add : app.replace}
          </Button>
        </Group>
      }
    >
      <Text size="sm" c="dimmed">
        {appInUseSince === undefined ? (
          app.off
        ) : (
          <>
            {app.on} <Time at={appInUseSince} />
          </>
        )}
      </Text>
      {hasFactor && (
        <Group justify="space-between">
          <Text size="sm">{recovery.left(recoveryCodesLeft)}</Text>
          <Button size="xs" variant="default" onClick={() => show('codes')}>
            {recovery.create}
          </Button>
        </Group>
      )}
      {hasFactor && recoveryCodesLeft <= FEW_CODES && (
        <Alert color="orange" variant="light">
          {recovery.few}
        </Alert>
      )}
      {dialog === 'set-up' && <SetUpAppDialog onClose={close} onCodes={onCodes} />}
      <RemoveAppDialog opened={dialog === 'remove'} onClose={close} />
      <NewCodesDialog opened={dialog === 'codes'} onClose={close} onCodes={onCodes} />
    </Section>
  )
}

interface DialogProps {
  opened: boolean
  onClose: () => void
}

function RemoveAppDialog({ opened, onClose }: DialogProps) {
  const text = words.factors.app
  const refresh = useRefresh('account', 'people', 'session', 'sessions')
  const remove = useOnce({
    ...deleteAccountAuthenticatorAppMutation(),
    onSuccess: async () => {
      showNotice({ message: text.removed })
      onClose()
      await refresh()
    },
  })
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={text.removeTitle}
      sentence={text.removeSentence}
      confirm={text.remove}
      destructive
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({})}
    />
  )
}

function NewCodesDialog({ opened, onClose, onCodes }: DialogProps & Pick<TwoStepSectionProps, 'onCodes'>) {
  const text = words.factors.recovery
  const refresh = useRefresh('account')
  const create = useOnce({
    ...postAccountRecoveryCodesMutation(),
    onSuccess: async ({ recoveryCodes }) => {
      onClose()
      onCodes(recoveryCodes)
      await refresh()
    },
  })
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={text.createTitle}
      sentence={text.createSentence}
      confirm={text.create}
      busy={create.isPending}
      error={create.error}
      onConfirm={() => create.mutate({})}
    />
  )
}
