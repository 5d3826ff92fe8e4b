/** Values by line, without empty ones: a value can contain commas. */
export function valuesIn(text: string): string[] {
  return text
    .split('\n')
    .map((value) => value.trim())
    .filter((value) => value !== '')
}
