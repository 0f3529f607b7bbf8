#!/usr/bin/env node
/**
 * Loads the program: the packs that build.ts made, each a script, with the code V8 compiled for them in earlier runs. Node's own loader
 * would do, at three times the cost: it looks for each file, and caches no function that is compiled after loading.
 *
 * build.ts makes bin/iamkey.js of this. Node compiles that anew at each start: no word too many.
 */

import * as fs from 'node:fs'
import * as vm from 'node:vm'
import { readOnce } from '../src/node/read-buffer.ts'
import { codeCache, readCode } from './code-cache.ts'
import type * as keeping from './write-code-cache.ts'

// The SDK prints a warning on Node 20 unless told not to before it is loaded.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

/** A hash over all packs. */
declare const IAMKEY_BUILD: string
declare const IAMKEY_COMMANDS: readonly string[]
/** CommonJS's, by a name that esbuild leaves alone. */
declare const IAMKEY_REQUIRE: NodeJS.Require

/** Words that keep a command from being called. */
const NO_CALL = ['help', '--help', '-h', '--version', '--generate-cli-skeleton']

const cache = codeCache(IAMKEY_BUILD, process)
const typed = (word: string) => process.argv.includes(word)
/** What the run is about, as far as a look tells: a word of the first kind, or the command that is called. */
const instead = NO_CALL.find(typed)
const call = instead ? undefined : IAMKEY_COMMANDS.find(typed)
const scripts = new Map<string, vm.Script>()
const offers = new Map<string, () => unknown>()
const modules = new Map<string, unknown>()
/** Whether all that was loaded had been kept, and whether by a run that succeeded. */
let isKept = true
let isWhole = true

/** @param id `./pack/module.js`, or a built-in module. */
function load(id: string): unknown {
  let module = modules.get(id)
  if (module === undefined) {
    module = id.startsWith('./') ? find(id) : LOADED.includes(id) ? IAMKEY_REQUIRE(id) : lazily(id)
    modules.set(id, module)
  }
  return module
}

/** Node itself has these by now; `events` is also a class that others extend. */
const LOADED = ['events', 'node:events', 'fs', 'node:fs', 'path', 'node:path']

/** A built-in module that is loaded when something of it is used: half of them are reached only by rare paths. */
const lazily = (id: string): unknown => new Proxy({}, { get: (_, name) => IAMKEY_REQUIRE(id)[name] })

/** What a file offers; packing has seen to it that its pack does. */
function find(id: string): unknown {
  const [, pack = '', name = ''] = id.split('/')
  if (!offers.has(name)) unpack(pack)
  return offers.get(name)?.()
}

/** A pack offers the namespaces of its files, each made when it is asked for. */
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

/** Each kind of run compiles other functions, and those of all would take each longer to read. */
const nameOf = (pack: string): string => `${pack}-${call ?? instead ?? 'other'}`

/** ASCII, as esbuild writes it: V8 takes one byte for each character. */
function sourceOf(filename: string): string {
  const file = fs.openSync(filename, 'r')
  const source = readOnce(file, fs.fstatSync(file).size).toString('latin1')
  fs.closeSync(file)
  return source
}

/**
 * After the run, for only then V8 has compiled the functions that a run needs; and because nothing may come between a key and its
 * delivery. A run that has loaded something for the first time adds what it has compiled in the other packs too, and so does the first
 * that succeeds.
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
    // The package may have been replaced meanwhile. That is no failure of this run.
  }
})

load(call ? './whole/main.js' : './main/main.js')
