import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Passkey } from '../../api/client.ts'
import { hasPasskeys } from '../../api/passkeys.ts'
import { LongList } from '../../components/long-list.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { AddPasskeyDialog } from './add-passkey-dialog.tsx'
import { PasskeyRow } from './passkey-row.tsx'

const ROW_HEIGHT = 64

interface PasskeysSectionProps {
  passkeys: readonly Passkey[]
  onCodes: (codes: readonly string[] | undefined) => void
}

export function PasskeysSection({ passkeys, onCodes }: PasskeysSectionProps) {
  const [opened, { open, close }] = useDisclosure(false)
  const text = words.factors.passkeys
  return (
    <Section
      title={text.title}
      actions={
        <Button size="xs" variant="default" onClick={open} disabled={!hasPasskeys()}>
          {text.add}
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        {hasPasskeys() ? text.sentence : text.unsupported}
      </Text>
      {passkeys.length === 0 ? (
        <Text size="sm">{text.empty}</Text>
      ) : (
        <LongList label={text.list} items={passkeys} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
          {(passkey) => <PasskeyRow passkey={passkey} />}
        </LongList>
      )}
      {opened && <AddPasskeyDialog onClose={close} onCodes={onCodes} />}
    </Section>
  )
}
