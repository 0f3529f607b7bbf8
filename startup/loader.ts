#!/usr/bin/env node
/**
 * Loads the program: the packs made by build.ts, each a script, with the code that V8 compiled in earlier runs. Node's module loader takes
 * three times as long: it searches for each file, and caches no function that is compiled later.
 *
 * build.ts turns this file into bin/iamkey.js. Node compiles it anew at each start: keep it small.
 */

import * as fs from 'node:fs'
import * as vm from 'node:vm'
import { readOnce } from '../src/node/read-buffer.ts'
import { codeCache, readCode } from './code-cache.ts'
import type * as keeping from './write-code-cache.ts'

// Must be set before the SDK is loaded: on Node 20 it prints a warning otherwise.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

/** A hash over all packs. */
declare const IAMKEY_BUILD: string
declare const IAMKEY_COMMANDS: readonly string[]
/** CommonJS's `require`, under a name that esbuild does not rewrite. */
declare const IAMKEY_REQUIRE: NodeJS.Require

/** Words that replace the call. */
const HELP = ['help', '--help', '-h']
const NO_CALL = [...HELP, '--version', '--generate-cli-skeleton']

const cache = codeCache(IAMKEY_BUILD, process)
const typed = (word: string) => process.argv.includes(word)
/** The kind of run, guessed from the words: one of NO_CALL, or the command. */
const instead = NO_CALL.find(typed)
const call = instead ? undefined : IAMKEY_COMMANDS.find(typed)
/** Help or the version, and at most the name of a command. */
const asksForPage = [...HELP, '--version'].some(typed) && process.argv.length < 5
const scripts = new Map<string, vm.Script>()
const offers = new Map<string, () => unknown>()
const modules = new Map<string, unknown>()
/** Whether all loaded code came from the cache, and whether a successful run had stored it. */
let isKept = true
let isWhole = true

/** @param id `./pack/module.js`, or a built-in module */
function load(id: string): unknown {
  let module = modules.get(id)
  if (module === undefined) {
    module = id.startsWith('./') ? find(id) : LOADED.includes(id) ? IAMKEY_REQUIRE(id) : lazily(id)
    modules.set(id, module)
  }
  return module
}

/** Modules that Node has loaded already; `events` is also a class that others extend. */
const LOADED = ['events', 'node:events', 'fs', 'node:fs', 'path', 'node:path']

/** A built-in module that is loaded on first use: half of them are needed on rare paths only. */
const lazily = (id: string): unknown => new Proxy({}, { get: (_, name) => IAMKEY_REQUIRE(id)[name] })

/** The namespace of a file. Packing has made sure that its pack defines it. */
function find(id: string): unknown {
  const [, pack = '', name = ''] = id.split('/')
  if (!offers.has(name) && !offers.has(pack)) unpack(pack)
  if (!offers.has(name)) offers.get(pack)?.()
  return offers.get(name)?.()
}

/** Runs a pack, which registers the namespaces of its files; each is created on demand. */
function unpack(pack: string): void {
  const filename = `${__dirname}/../dist/${pack}.js`
  const source = sourceOf(filename)
  const code = cache && readCode(cache, nameOf(pack))
  const script = new vm.Script(source, code ? { filename, cachedData: code.bytes } : { filename })
  isKept &&= script.cachedDataRejected === false
  isWhole &&= code?.isWhole === true
  scripts.set(pack, script)
  script.runInThisContext()((name: string, make: () => unknown) => offers.set(name, make), load)
}

/** Each kind of run compiles different functions; one file with all of them would take longer to read. */
const nameOf = (pack: string): string => `${pack}-${call ?? instead ?? 'other'}`

/** The packs are ASCII, so that V8 takes one byte per character. */
function sourceOf(filename: string): string {
  const file = fs.openSync(filename, 'r')
  const source = readOnce(file, fs.fstatSync(file).size).toString('latin1')
  fs.closeSync(file)
  return source
}

/**
 * Stores the code after the run: only then has V8 compiled the functions it needs, and nothing may delay the delivery of a key. A run that
 * loaded a pack for the first time also stores what it compiled in the other packs, and so does the first successful run.
 */
process.on('exit', exitCode => {
  const succeeds = exitCode === 0 && !isWhole
  if (!cache || (isKept && !succeeds)) return
  const used = [...scripts]
  try {
    const { writeCode } = load('./write-code-cache/write-code-cache.js') as typeof keeping
    for (const [pack, script] of used) {
      writeCode(cache, nameOf(pack), { bytes: script.createCachedData(), isWhole: exitCode === 0 || isWhole }, process.pid)
    }
  } catch {
    // The package may have been replaced during the run, which is no failure of it.
  }
})

load(asksForPage ? './page/page.js' : call ? './whole/main.js' : './main/main.js')
