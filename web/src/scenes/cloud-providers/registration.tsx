import { Anchor, Button, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { CloudProvider } from '../../api/client.ts'
import { CopyValue } from '../../components/copy-value.tsx'
import { Facts } from '../../components/facts.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { EditCloudProvider } from './edit-cloud-provider.tsx'

const text = words.cloudProviders.details

/** Identity of the registration, and its contacts. */
export function Registration({ provider }: { provider: CloudProvider }) {
  const [editing, { open, close }] = useDisclosure(false)
  const { cloud, accountTypes, application = 'people', tenantId, clientId, contact, deputy, stateSince } = provider
  return (
    <Section
      title={text.title}
      actions={
        <Button size="xs" variant="default" onClick={open}>
          {text.edit}
        </Button>
      }
    >
      <Facts
        facts={[
          [text.cloud, cloud],
          [text.accountTypes, words.setup.register.types[accountTypes].name],
          [words.setup.register.openedBy, words.setup.register.opens[application].name],
          [text.contact, <Mail key="contact" address={contact} />],
          [text.deputy, deputy && <Mail address={deputy} />],
          [text.since, <Time key="since" at={stateSince} />],
        ]}
      />
      <CopyValue name={text.clientId} value={clientId} />
      <CopyValue name={text.tenantId} value={tenantId} />
      <Modal opened={editing} onClose={close} title={text.editTitle} closeButtonProps={{ 'aria-label': words.close }}>
        <EditCloudProvider provider={provider} onDone={close} />
      </Modal>
    </Section>
  )
}

function Mail({ address }: { address: string }) {
  return (
    <Anchor href={`mailto:${address}`} inherit>
      {address}
    </Anchor>
  )
}
