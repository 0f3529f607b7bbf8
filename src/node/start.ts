/**
 * Loads the program: the packs that build.ts made, each a script of modules, with the code V8 compiled for them in earlier runs. Started
 * by bin/iamkey.js. Node's own loader would do, at three times the cost: it looks for each file, and caches no function that is
 * compiled after loading.
 */

import * as fs from 'node:fs'
import * as vm from 'node:vm'
import { openCodeCache } from './code-cache.ts'
import { readOnce } from './scratch.ts'

interface Module {
  exports: Readonly<Record<string, unknown>>
}

/** A hash over all packs. */
declare const IAMKEY_BUILD: string

const cache = openCodeCache(IAMKEY_BUILD, process)
const scripts = new Map<string, vm.Script>()
const packs = new Map<string, Module>()
let isNewGround = false

/** @param id `./pack/module.js`, or a built-in module. */
function load(id: string): unknown {
  if (!id.startsWith('./')) return LOADED.has(id) ? require(id) : lazily(id)
  const [, pack = '', name = ''] = id.split('/')
  return (packs.get(pack) ?? unpack(pack)).exports[name]
}

/** Node itself has these by now; `events` is also a class that others extend. */
const LOADED = new Set(['events', 'fs', 'path'].flatMap(name => [name, `node:${name}`]))

/** A built-in module that is loaded when something of it is used: half of them are reached only by rare paths. */
const lazily = (id: string): unknown => new Proxy({}, { get: (_, name) => require(id)[name] })

function unpack(pack: string): Module {
  const filename = `${__dirname}/${pack}.js`
  const source = sourceOf(filename)
  const cachedData = cache.read(pack)
  const script = new vm.Script(source, { filename, ...(cachedData && { cachedData }) })
  isNewGround ||= cachedData === undefined || script.cachedDataRejected === true
  scripts.set(pack, script)
  const module: Module = { exports: {} }
  packs.set(pack, module)
  script.runInThisContext()(module, load)
  return module
}

/** ASCII, as esbuild writes it: V8 takes one byte for each character. */
function sourceOf(filename: string): string {
  const file = fs.openSync(filename, 'r')
  try {
    return readOnce(file, fs.fstatSync(file).size).toString('latin1')
  } finally {
    fs.closeSync(file)
  }
}

/**
 * After the run, for only then V8 has compiled the functions that a run needs; and because nothing may come between a key and its
 * delivery. A run that has loaded something for the first time adds what it has compiled in the other packs too.
 */
process.on('exit', () => {
  if (isNewGround) for (const [pack, script] of scripts) cache.write(pack, script.createCachedData())
})

load('./main/main.js')
