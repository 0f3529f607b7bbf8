/** Words of a shell command line. */

/** As one word of a POSIX shell; a word without special characters stays as it is. */
export const shellQuote = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
