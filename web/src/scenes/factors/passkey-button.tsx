import { Button, Stack } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import type { SignedInPerson } from '../../api/client.ts'
import { signInWithPasskey } from '../../api/passkeys.ts'
import { useOnce } from '../../api/use-once.ts'
import { PasskeyProblem } from './passkey-problem.tsx'

interface PasskeyButtonProps {
  label: string
  onSignedIn: (person: SignedInPerson) => void
}

/** Signs in with a passkey that the browser offers. */
export function PasskeyButton({ label, onSignedIn }: PasskeyButtonProps) {
  const signIn = useOnce<SignedInPerson>({ mutationFn: signInWithPasskey, onSuccess: onSignedIn })
  return (
    <Stack gap="xs">
      {signIn.error && <PasskeyProblem error={signIn.error} />}
      <Button
        variant="default"
        leftSection={<IconFingerprint size={18} aria-hidden />}
        loading={signIn.isPending}
        onClick={() => signIn.mutate()}
      >
        {label}
      </Button>
    </Stack>
  )
}
