import { List, Text } from '@mantine/core'
import type { SignInLinkPreview } from '../../api/client.ts'
import { words } from '../../words/index.ts'

interface SignInStepsProps extends Pick<SignInLinkPreview, 'permissions'> {
  steps: readonly string[]
}

/** Steps of a sign-in at Microsoft, and the permissions that it asks for. */
export function SignInSteps({ steps, permissions }: SignInStepsProps) {
  const text = words.guests.signIn
  return (
    <>
      <div>
        <Text size="sm" fw={600}>
          {text.happens.title}
        </Text>
        <List type="ordered" size="sm" mt={4}>
          {steps.map((step) => (
            <List.Item key={step}>{step}</List.Item>
          ))}
        </List>
      </div>
      <div>
        <Text size="sm" fw={600}>
          {text.permissions}
        </Text>
        <List size="sm" mt={4}>
          {permissions.map(({ value, purpose }) => (
            <List.Item key={value}>
              <b>{value}</b> – {purpose}
            </List.Item>
          ))}
        </List>
      </div>
    </>
  )
}
