/** The program's name and version, for messages and for services. */

export const PROGRAM = 'iamkey'

/** From package.json, defined by the build. A function, because release tools import this file without a build. */
export const version = (): string => IAMKEY_VERSION

declare const IAMKEY_VERSION: string

/** The version of the Bun that runs us in a standalone executable; undefined where Node does. */
export const BUN: string | undefined = typeof Bun === 'undefined' ? undefined : Bun.version

declare const Bun: { readonly version: string }
