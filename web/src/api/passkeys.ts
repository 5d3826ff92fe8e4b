/** Passkeys of the browser. The library is loaded when one is used. */
import {
  postAccountPasskeys,
  postAccountPasskeysOptions,
  postSessionPasskey,
  postSessionPasskeyOptions,
  type AddedPasskey,
  type PasskeyAssertionInput,
  type PasskeyAttestationInput,
  type Person,
} from './client.ts'

const library = () => import('@simplewebauthn/browser')

/** Passkeys need a browser of these years, and https or localhost. An IP address can't have any (WebAuthn §5.1.2). */
export function hasPasskeys(): boolean {
  return 'PublicKeyCredential' in globalThis && !/^[\d.]+$|^\[/.test(location.hostname)
}

/** Asks the browser for a passkey of this site. */
async function askForPasskey(): Promise<PasskeyAssertionInput> {
  const { startAuthentication } = await library()
  const { data } = await postSessionPasskeyOptions()
  return (await startAuthentication({ optionsJSON: data })) as PasskeyAssertionInput
}

export async function signInWithPasskey(): Promise<Person> {
  return (await postSessionPasskey({ body: { response: await askForPasskey() } })).data
}

/** Creates a passkey and adds it to the account. */
export async function addPasskey(name: string): Promise<AddedPasskey> {
  const { startRegistration } = await library()
  const { data } = await postAccountPasskeysOptions()
  const response = (await startRegistration({ optionsJSON: data })) as PasskeyAttestationInput
  return (await postAccountPasskeys({ body: { name, response } })).data
}
