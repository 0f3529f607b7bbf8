/**
 * Reads what the stages of `run` wrote.
 *
 *     bench.mjs files <report>                        vitest's report → the files with a failed test
 *     bench.mjs tests <report> [<again>]              "<passed> <failed>" after those files ran again; each failed test goes to stderr
 *     bench.mjs again <bench> <results>               the cases that failed, as a regular expression for --only; empty where none did
 *     bench.mjs count <bench> <results> [<again>]     "<passed> <failed>", measured by the bar; what falls short goes to stderr
 *
 * A bench is called by its kind, and by what it tried where that is not the program on Node: `faults`, `faults-standalone`.
 */
import * as fs from 'node:fs'
import * as path from 'node:path'

const read = file => JSON.parse(fs.readFileSync(file, 'utf8'))
const bars = read(new URL('bars.json', import.meta.url))

/** By kind of bench: where its results are, how --only finds a case, and the figures that have a bar: which cases count for each. */
const KINDS = {
  conformance: {
    cases: results => results,
    only: ids => `^(${ids.join('|')}) `,
    figures: {
      dropIn: ({ agree }) => agree.code && agree.stdout && agree.requests,
      stderr: ({ agree }) => agree.stderr,
    },
  },
  faults: {
    cases: ({ results }) => results,
    only: ids => `^(${ids.join('|')})$`,
    // A scenario this machine cannot stage says nothing.
    figures: { ideal: ({ grade }) => grade === 'ideal' || grade === 'n/a' },
  },
}

const escaped = id => id.replace(/[^\w-]/g, '\\$&')
const falls = (figures, result) => Object.values(figures).some(holds => !holds(result))

const kindOf = name => KINDS[name.split('-')[0]]

function again(name, file) {
  const { cases, only, figures } = kindOf(name)
  const ids = cases(read(file))
    .filter(result => falls(figures, result))
    .map(({ id }) => escaped(id))
  return ids.length > 0 ? only(ids) : ''
}

function count(name, first, second) {
  const { cases, figures } = kindOf(name)
  const later = new Map((second && fs.existsSync(second) ? cases(read(second)) : []).map(result => [result.id, result]))
  // The better of the two runs.
  const final = cases(read(first)).map(result => (falls(figures, result) ? (later.get(result.id) ?? result) : result))
  let failed = 0
  for (const [figure, holds] of Object.entries(figures)) {
    const short = final.filter(result => !holds(result)).map(({ id }) => id)
    const reached = final.length - short.length
    const bar = bars[name][figure]
    failed += Math.max(0, bar - reached)
    console.error(`${name}: ${figure} ${reached} of ${final.length}, bar ${bar}${short.length > 0 ? `; not: ${short.join(' ')}` : ''}`)
  }
  return `${final.filter(result => !falls(figures, result)).length} ${failed}`
}

const failedFiles = ({ testResults }) => testResults.filter(({ status }) => status === 'failed')
const files = file =>
  failedFiles(read(file))
    .map(({ name }) => path.relative('', name))
    .join(' ')

function tests(first, second) {
  const report = read(first)
  const again = second && fs.existsSync(second) ? read(second) : report
  for (const [run, { testResults }] of Object.entries({ failed: report, 'failed again': again === report ? { testResults: [] } : again })) {
    for (const { name, assertionResults } of testResults) {
      const names = assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName)
      for (const title of names) console.error(`${run}: ${path.relative('', name)}: ${title}`)
    }
  }
  const failed = again.numFailedTests || (again.success ? 0 : 1)
  return `${report.numPassedTests + report.numFailedTests - again.numFailedTests} ${failed}`
}

const [question, ...words] = process.argv.slice(2)
console.log({ files, tests, again, count }[question](...words))
