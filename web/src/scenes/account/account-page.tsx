import { Text } from '@mantine/core'
import { ButtonLink } from '../../components/button-link.tsx'
import { Page } from '../../components/page.tsx'
import { Section } from '../../components/section.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { FactorsSections } from '../factors/factors-sections.tsx'
import { LinkedSignIns } from './linked-sign-ins.tsx'
import { OwnKeysSection } from './own-keys-section.tsx'
import { PasswordSection } from './password-section.tsx'
import { SessionsSection } from './sessions-section.tsx'

/** The sign-in and the sessions of the signed-in person. */
export function AccountPage() {
  const { name, email, role } = useMe()
  const { title, notifications } = words.account
  return (
    <Page title={title}>
      <Text size="sm" c="dimmed">
        {name} · {email} · {words.people.roles[role]}
      </Text>
      <PasswordSection />
      <FactorsSections />
      <LinkedSignIns />
      <SessionsSection />
      <Section
        title={notifications.title}
        actions={
          <ButtonLink to="/notifications/settings" variant="default" size="xs">
            {notifications.open}
          </ButtonLink>
        }
      >
        <Text size="sm" c="dimmed">
          {notifications.sentence}
        </Text>
      </Section>
      {role === 'admin' && <OwnKeysSection />}
    </Page>
  )
}
