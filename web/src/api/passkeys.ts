/** Passkeys of the browser. The library is loaded when one is used. */
import {
  postAccountPasskeys,
  postAccountPasskeysOptions,
  postSessionConfirm,
  postSessionConfirmPasskeyOptions,
  postSessionPasskey,
  postSessionPasskeyOptions,
  type AddedPasskey,
  type PasskeyAssertionInput,
  type PasskeyAttestationInput,
  type PasskeyRequestOptions,
  type Person,
} from './client.ts'

const library = () => import('@simplewebauthn/browser')

/** Passkeys need a browser of these years, and https or localhost. An IP address can't have any (WebAuthn §5.1.2). */
export function hasPasskeys(): boolean {
  return 'PublicKeyCredential' in globalThis && !/^[\d.]+$|^\[/.test(location.hostname)
}

/** Asks the browser for a passkey. */
async function askForPasskey(options: () => Promise<{ data: PasskeyRequestOptions }>): Promise<PasskeyAssertionInput> {
  const { startAuthentication } = await library()
  const { data } = await options()
  return (await startAuthentication({ optionsJSON: data })) as PasskeyAssertionInput
}

export async function signInWithPasskey(): Promise<Person> {
  return (await postSessionPasskey({ body: { response: await askForPasskey(postSessionPasskeyOptions) } })).data
}

/** Proves the identity of the signed-in person by one of their passkeys. */
export async function confirmWithPasskey(): Promise<void> {
  const response = await askForPasskey(postSessionConfirmPasskeyOptions)
  await postSessionConfirm({ body: { method: 'passkey', response } })
}

/** Creates a passkey and adds it to the account. */
export async function addPasskey(name: string): Promise<AddedPasskey> {
  const { startRegistration } = await library()
  const { data } = await postAccountPasskeysOptions()
  const response = (await startRegistration({ optionsJSON: data })) as PasskeyAttestationInput
  return (await postAccountPasskeys({ body: { name, response } })).data
}
