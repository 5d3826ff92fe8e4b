/**
 * Parameters of error texts: `{name}` in a title, a fix or an explanation.
 *
 * `person` is the user who signs in, `address` the address of the mailbox, `clientId` and `tenantId` the IDs of the
 * registration.
 */
export const PARAMETERS = ['clientId', 'tenantId', 'address', 'person', 'redirectUri'] as const

export type Parameter = (typeof PARAMETERS)[number]

/** Names of the parameters in a literal text: `'{address} is full'` has `'address'`. */
export type ParametersIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParametersIn<Rest>
  : never

const PLACE = /\{(\w+)\}/g

/**
 * Returns a text with its parameters replaced. The only function that fills error texts.
 *
 * @param valueOf returns the value of a parameter at an offset in the text; parameters in values are not replaced
 * @throws TypeError for a name that is no parameter
 */
export function fillIn(text: string, valueOf: (parameter: Parameter, at: number) => string): string {
  return text.replaceAll(PLACE, (place, name: string, at: number) => {
    if (!isParameter(name)) throw new TypeError(`${place} is no parameter of texts about errors: ${text}`)
    return valueOf(name, at)
  })
}

/**
 * Fills a text of a room’s catalog (`texts.ts`). A missing or extra value does not compile.
 *
 * `fillText('The sign-in lacks {scopes}', { scopes: 'Mail.Send' })`
 */
export function fillText<const Text extends string>(
  text: Text,
  values: Readonly<Record<ParametersIn<Text>, string>>,
): string {
  return text.replaceAll(PLACE, (_place, name: ParametersIn<Text>) => values[name])
}

function isParameter(name: string): name is Parameter {
  return (PARAMETERS as readonly string[]).includes(name)
}
