import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getCloudProvidersIdApplicationAccessOptions } from '../../api/client.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { Script } from './script.tsx'

/** Commands for an Exchange admin that give the application access to this mailbox. */
export function ScopingCommands({ cloudProviderId: id, address }: { cloudProviderId: string; address: string }) {
  const { data, error } = useQuery(getCloudProvidersIdApplicationAccessOptions({ path: { id }, query: { address } }))
  const commands = data?.organizations.find((one) => one.commands?.includes(address))?.commands
  const { application } = words.cloudProviders
  if (error) return <ProblemNotice error={error} />
  if (commands === undefined) return undefined
  return (
    <Section title={application.title}>
      <Script name={application.commands} sentence={application.commandsHint} script={commands} />
      <Text size="sm">{application.warning}</Text>
    </Section>
  )
}
