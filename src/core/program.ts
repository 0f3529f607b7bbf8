/** What we are called: by those who read our lines, and by the services we ask. */

export const PROGRAM = 'iamkey'

/** From package.json, put in by the build; a function, for what is only read by tools has none. */
export const version = (): string => IAMKEY_VERSION

declare const IAMKEY_VERSION: string
