/** The program's name and version, for messages and for services. */

export const PROGRAM = 'iamkey'

/** From package.json, defined by the build. A function, because release tools import this file without a build. */
export const version = (): string => IAMKEY_VERSION

declare const IAMKEY_VERSION: string

declare global {
  /** Where Bun runs us, as in the standalone executables. The build for Node knows that it is not there. */
  const Bun: { readonly version: string }
}
