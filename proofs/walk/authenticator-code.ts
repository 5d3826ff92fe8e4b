/** Current code of a user's authenticator app, from the sandbox's control panel. */
export async function authenticatorCode(controlPanel: string, address: string): Promise<string> {
  const response = await fetch(`${controlPanel}/api/authenticator/${address}`)
  if (!response.ok) throw new Error(`the control panel has no authenticator code for ${address}: ${response.status}`)
  return ((await response.json()) as { code: string }).code
}
