#!/usr/bin/env node
// The SDK prints a warning on Node 20 unless told not to before it is loaded.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
require('../dist/start.js')
