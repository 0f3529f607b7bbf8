/** Decides how a reply is shown (query, format, colour, dates, pager) and proves that it can be, before the call. */

import { Failure, ParameterError, Unwritable } from '../core/errors.ts'
import { type Host, isSystemError } from '../core/host.ts'
import { hasSecret } from '../core/key-store.ts'
import { assertEncodable, UnicodeError } from '../python/codec.ts'
import type { Dict } from '../python/value.ts'
import { type ColorChoice, chooseColor } from './color.ts'
import { checkPager, choosePager } from './pager.ts'
import type { PagesRenderer } from './pages.ts'
import type { Query } from './query.ts'
import { isFormat, renderer, type View } from './render.ts'

export interface PresentationOptions {
  /** The format's name, not yet checked. */
  readonly output: string
  readonly query: Query | undefined
  readonly color: ColorChoice
  readonly timestampFormat: 'wire' | 'iso8601' | undefined
  readonly noPager: boolean
  /** A command line. */
  readonly pager: string | undefined
  /** `AWS_CLI_OUTPUT_ENCODING`. */
  readonly encode: ((text: string) => Uint8Array) | undefined
  /** The operation, for the title of a table. */
  readonly title: string
  /** A reply of the documented shape: it says which members are dates. */
  readonly shape: Dict
  /** Tables fit the terminal: the command is not aws-cli's. */
  readonly fits: boolean | undefined
}

export interface Presentation {
  /** Throws a Failure if the query or the format does not fit the reply. */
  readonly render: (output: Dict) => string
  /** The same for a list that comes in pages, with its results in this member. */
  readonly renderPages: (results: string) => Promise<PagesRenderer>
  /** Shows the text to the user. Throws a SystemError if part of it may not have arrived. */
  readonly show: (text: string, stop?: AbortSignal) => Promise<void>
}

/**
 * @param sample a reply of the documented shape, if the real reply can be had only once: rendering it finds out now what would otherwise
 * fail after the key exists.
 * @throws Failure, ParameterError, ConfigurationError with aws-cli's message and exit code, which aws-cli reports after the call
 */
export async function present(options: PresentationOptions, sample: Dict | undefined, host: Host): Promise<Presentation> {
  const { output, title } = options
  if (!isFormat(output)) throw new Failure(`Unknown output type: ${output}`)
  // `--output off` evaluates no query (OffFormatter of awscli/formatter.py, 2.36.7).
  const query = output === 'off' ? undefined : options.query
  const { isTerminal } = host.stdout
  const pager = choosePager({ noPager: options.noPager, isTerminal, env: host.env, platform: host.platform, configured: options.pager })
  const color = chooseColor({ format: output, choice: options.color, isTerminal, direct: pager === undefined })
  const view: View = {
    format: output,
    title,
    color,
    columns: host.stdout.columns,
    fits: options.fits,
    search: query && (value => query.search(value)),
    dates: options.timestampFormat === 'iso8601' ? await isoDates(options.shape) : undefined,
  }
  const print = await renderer(view)
  const render: Presentation['render'] = reply => encodable(print(reply))
  if (sample?.size && query?.findsNothing(sample)) refuse(query, sample)
  const prints = sample ? render(sample) !== '' : output !== 'off'
  if (sample && prints) checkStdout(host, hasSecret(sample))
  if (pager && prints) checkPager(pager, host)
  const encode = options.encode ?? ((text: string) => text)
  return {
    render,
    renderPages: async results => {
      const { inOnePiece, pagesRenderer } = await import('./pages.ts')
      const pages =
        output === 'table' && !query
          ? (await import('./table-pages.ts')).tablePages(view, results)
          : pagesRenderer(output, results, render, query !== undefined)
      // All of a table has one ending and one encoding; `show` gives each piece its own.
      const isWhole = pager || (output === 'table' && (options.encode || color.ending !== ''))
      return isWhole ? inOnePiece(pages) : pages
    },
    async show(text, stop) {
      if (pager && text !== '') await host.page(pager.words, text, pager.env)
      else await host.stdout.write(encode(text), stop)
      await host.stdout.write(encode(color.ending), stop)
    },
  }
}

/** Text as it is. Throws a Failure for a lone surrogate, which only a query can bring: no encoding has one. */
function encodable(text: string): string {
  try {
    assertEncodable(text)
  } catch (error) {
    throw error instanceof UnicodeError ? new Failure(error.message) : error
  }
  return text
}

/** Detects a closed pipe or a full disk by an empty write. A stdout that discards everything is refused only for a secret. */
function checkStdout({ stdout }: Host, forSecret: boolean): void {
  try {
    stdout.check()
  } catch (error) {
    if (!isSystemError(error)) throw error
    if (forSecret || error.code !== 'EBADF') throw new Unwritable(error.code)
  }
}

/** Refuses a query that selects nothing if a misspelt name is the reason: the secret would be lost. */
function refuse(query: Query, sample: Dict): void {
  const unknown = query.unknownMember(sample)
  if (!unknown) return
  const meant = unknown.nearest === undefined ? '' : ` Did you mean ${unknown.nearest}?`
  throw new ParameterError(`Bad value for --query: it selects nothing, because the output has no member '${unknown.name}' there.${meant}`)
}

async function isoDates(shape: Dict): Promise<(reply: Dict) => Dict> {
  const { withIsoDates } = await import('./timestamp.ts')
  const { localOffset } = await import('../python/datetime.ts')
  return reply => withIsoDates(reply, shape, localOffset)
}
