import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { words } from '../../words/index.ts'

const text = words.setupAssociate

/** Explains that the application can't open mailboxes, with a link to the setting. */
export function UsersOnlyNotice({ cloudProviderId }: { cloudProviderId: string }) {
  return (
    <Text size="sm" c="dimmed">
      {text.onlyPeople}{' '}
      <Anchor component={Link} to={`/cloud-providers/${cloudProviderId}`} size="sm">
        {text.toLetApplication}
      </Anchor>
    </Text>
  )
}
