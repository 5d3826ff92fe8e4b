import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { postAccountAuthenticatorApp, postAccountAuthenticatorAppConfirmMutation } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { CopyValue } from '../../components/copy-value.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { showNotice } from '../../components/show-notice.ts'
import { words } from '../../words/index.ts'

interface SetUpAppDialogProps {
  onClose: () => void
  onCodes: (codes: readonly string[] | undefined) => void
}

/** Light margin of a QR code, which scanners need on a dark page (ISO/IEC 18004). */
const QUIET_MODULES = 4

/** A new secret per opening, with its QR code as the address of an image. */
async function createSetup() {
  const [{ data }, { renderSVG }] = await Promise.all([postAccountAuthenticatorApp(), import('uqr')])
  const svg = renderSVG(data.uri, { border: QUIET_MODULES })
  return { ...data, image: `data:image/svg+xml,${encodeURIComponent(svg)}` }
}

export function SetUpAppDialog({ onClose, onCodes }: SetUpAppDialogProps) {
  const text = words.factors.app
  const [code, setCode] = useState('')
  const setup = useQuery({
    queryKey: ['authenticator-setup'],
    queryFn: createSetup,
    ...{ retry: false, staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false, refetchOnReconnect: false },
  })
  const refresh = useRefresh('account', 'people', 'session')
  const confirm = useOnce({
    ...postAccountAuthenticatorAppConfirmMutation(),
    onSuccess: async ({ recoveryCodes }) => {
      showNotice({ message: text.added })
      onClose()
      onCodes(recoveryCodes)
      await refresh()
    },
  })
  return (
    <Modal opened onClose={onClose} title={text.addTitle} closeOnClickOutside={false} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          confirm.mutate({ body: { code: code.trim() } })
        }}
      >
        <Stack>
          {setup.error && <ProblemNotice error={setup.error} onRetry={() => void setup.refetch()} />}
          {confirm.error && <ProblemNotice error={confirm.error} />}
          <Text size="sm">{text.scan}</Text>
          {setup.isPending && <LoadingRows rows={3} />}
          {setup.data && (
            <>
              <img
                src={setup.data.image}
                alt={text.qrCode}
                width={228}
                height={228}
                style={{ alignSelf: 'center', background: 'white', borderRadius: 8 }}
              />
              <CopyValue name={text.key} value={setup.data.secret} />
            </>
          )}
          <TextInput
            label={text.code}
            description={text.codeHint}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={10}
            required
            data-autofocus
            value={code}
            onChange={({ currentTarget }) => setCode(currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {words.cancel}
            </Button>
            <Button type="submit" loading={confirm.isPending} disabled={!setup.data}>
              {text.confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
