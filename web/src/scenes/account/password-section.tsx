import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { ChangePasswordDialog } from './change-password-dialog.tsx'

export function PasswordSection() {
  const [opened, { open, close }] = useDisclosure(false)
  const { title, sentence, change } = words.account.password
  return (
    <Section
      title={title}
      actions={
        <Button size="xs" variant="default" onClick={open}>
          {change}
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        {sentence}
      </Text>
      {/* Each opening starts with empty fields. */}
      {opened && <ChangePasswordDialog onClose={close} />}
    </Section>
  )
}
