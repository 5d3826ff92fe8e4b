/** WebAuthn with the library, which is loaded with the first passkey. */
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
  WebAuthnCredential,
} from '@simplewebauthn/server'
import { AppError } from '../../kernel/errors.ts'
import { CHALLENGE_LIFETIME_MS } from './passkey-challenges.ts'

export type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
}

const library = () => import('@simplewebauthn/server')

type Challenge = Uint8Array<ArrayBuffer>
type IsChallenge = (challenge: string) => boolean

export interface PasskeyVerification {
  creationOptions(options: {
    challenge: Challenge
    person: { id: string; email: string; name: string }
    /** Existing passkeys: the same authenticator needs no second one. */
    exclude: readonly string[]
  }): Promise<PublicKeyCredentialCreationOptionsJSON>
  /** @param allow passkeys that can be used; empty: any passkey of this site, which the browser lists */
  requestOptions(challenge: Challenge, allow?: readonly string[]): Promise<PublicKeyCredentialRequestOptionsJSON>
  /** @throws {AppError} `people.passkey_refused` */
  verifyNew(
    response: RegistrationResponseJSON,
    isChallenge: IsChallenge,
  ): Promise<{ credential: WebAuthnCredential; isSynced: boolean; isBackedUp: boolean }>
  /** @throws {AppError} `people.passkey_refused` */
  verify(
    response: AuthenticationResponseJSON,
    isChallenge: IsChallenge,
    credential: WebAuthnCredential,
  ): Promise<{ counter: number; isBackedUp: boolean }>
}

/** Passkeys belong to the host of PUBLIC_URL; an answer from another origin is refused (WebAuthn Level 3 §13.4.9). */
export function createPasskeyVerification({ hostname: rpID, origin }: URL): PasskeyVerification {
  const expected = { expectedOrigin: origin, expectedRPID: rpID, requireUserVerification: true }

  return {
    async creationOptions({ challenge, person, exclude }) {
      const { generateRegistrationOptions } = await library()
      return generateRegistrationOptions({
        ...{ rpName: 'Postkey', rpID, challenge, timeout: CHALLENGE_LIFETIME_MS, attestationType: 'none' },
        ...{ userID: new TextEncoder().encode(person.id), userName: person.email, userDisplayName: person.name },
        excludeCredentials: exclude.map((id) => ({ id })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      })
    },

    async requestOptions(challenge, allow = []) {
      const { generateAuthenticationOptions } = await library()
      return generateAuthenticationOptions({
        ...{ rpID, challenge, timeout: CHALLENGE_LIFETIME_MS, userVerification: 'required' },
        allowCredentials: allow.map((id) => ({ id })),
      })
    },

    async verifyNew(response, expectedChallenge) {
      const { verifyRegistrationResponse } = await library()
      const { verified, registrationInfo } = await refuseErrors(
        verifyRegistrationResponse({ ...expected, response, expectedChallenge }),
      )
      if (!verified) throw new AppError('people.passkey_refused')
      const { credential, credentialDeviceType, credentialBackedUp: isBackedUp } = registrationInfo
      return { credential, isSynced: credentialDeviceType === 'multiDevice', isBackedUp }
    },

    async verify(response, expectedChallenge, credential) {
      const { verifyAuthenticationResponse } = await library()
      const { verified, authenticationInfo } = await refuseErrors(
        verifyAuthenticationResponse({ ...expected, response, expectedChallenge, credential }),
      )
      if (!verified) throw new AppError('people.passkey_refused')
      return { counter: authenticationInfo.newCounter, isBackedUp: authenticationInfo.credentialBackedUp }
    },
  }
}

/** The library throws a plain error for each check that fails. */
async function refuseErrors<T>(verification: Promise<T>): Promise<T> {
  try {
    return await verification
  } catch (cause) {
    throw new AppError('people.passkey_refused', { cause })
  }
}

/** Returns the challenge that an answer names. */
export function challengeOf({ response }: { response: { clientDataJSON: string } }): string {
  try {
    const data = JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString()) as { challenge?: unknown }
    if (typeof data.challenge === 'string') return data.challenge
  } catch {
    // Refused below.
  }
  throw new AppError('people.passkey_refused')
}
