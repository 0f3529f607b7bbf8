/**
 * Loads the program: the packs that build.ts made, each a script, with the code V8 compiled for them in earlier runs. Started by
 * bin/iamkey.js. Node's own loader would do, at three times the cost: it looks for each file, and caches no function that is
 * compiled after loading.
 *
 * This file is compiled anew at each start, as are those it imports: no word too many.
 */

import * as fs from 'node:fs'
import * as vm from 'node:vm'
import { codeCache, readCode } from './code-cache.ts'
import type * as keeping from './code-keeping.ts'
import { readOnce } from './scratch.ts'

/** What a pack offers, made when it is asked for: the namespaces of its files. */
type Offers = Map<string, () => unknown>

/** A hash over all packs. */
declare const IAMKEY_BUILD: string
/** CommonJS's, by a name that esbuild leaves alone. */
declare const IAMKEY_REQUIRE: NodeJS.Require

const cache = codeCache(IAMKEY_BUILD, process)
const scripts = new Map<string, vm.Script>()
const packs = new Map<string, Offers>()
const modules = new Map<string, unknown>()
let isNewGround = false

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

function find(id: string): unknown {
  const [, pack = '', name = ''] = id.split('/')
  return (packs.get(pack) ?? unpack(pack)).get(name)?.()
}

function unpack(pack: string): Offers {
  const filename = `${__dirname}/${pack}.js`
  const source = sourceOf(filename)
  const cachedData = cache && readCode(cache, pack)
  const script = new vm.Script(source, cachedData ? { filename, cachedData } : { filename })
  isNewGround ||= script.cachedDataRejected !== false
  scripts.set(pack, script)
  const offers: Offers = new Map()
  packs.set(pack, offers)
  script.runInThisContext()((name: string, make: () => unknown) => offers.set(name, make), load)
  return offers
}

/** ASCII, as esbuild writes it: V8 takes one byte for each character. */
function sourceOf(filename: string): string {
  const file = fs.openSync(filename, 'r')
  const source = readOnce(file, fs.fstatSync(file).size).toString('latin1')
  fs.closeSync(file)
  return source
}

/**
 * After the run, for only then V8 has compiled the functions that a run needs; and because nothing may come between a key and its
 * delivery. A run that has loaded something for the first time adds what it has compiled in the other packs too.
 */
process.on('exit', () => {
  if (!cache || !isNewGround) return
  const { writeCode } = load('./code-keeping/code-keeping.js') as typeof keeping
  for (const [pack, script] of scripts) writeCode(cache, pack, script.createCachedData(), process.pid)
})

load('./main/main.js')
