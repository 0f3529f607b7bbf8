// The least that Node can do to create a key: one request, signed by hand and posted; the reply as it comes. No parsing, no promise.
const crypto = require('node:crypto')
const fs = require('node:fs')

const { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_REGION: region } = process.env
const url = new URL(endpoint)
const http = require(url.protocol === 'https:' ? 'node:https' : 'node:http')
const ca = process.env.AWS_CA_BUNDLE && fs.readFileSync(process.env.AWS_CA_BUNDLE)
const body = 'Action=CreateAccessKey&Version=2010-05-08&UserName=Bob'
const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
const hmac = (key, text) => crypto.createHmac('sha256', key).update(text).digest()
const hash = text => crypto.createHash('sha256').update(text).digest('hex')
const scope = [now.slice(0, 8), region, 'iam', 'aws4_request']
const signed = 'content-type;host;x-amz-date'
const type = 'application/x-www-form-urlencoded'
const canonical = `POST\n/\n\ncontent-type:${type}\nhost:${url.host}\nx-amz-date:${now}\n\n${signed}\n${hash(body)}`
const key = scope.reduce(hmac, `AWS4${secret}`)
const signature = hmac(key, `AWS4-HMAC-SHA256\n${now}\n${scope.join('/')}\n${hash(canonical)}`).toString('hex')
const authorization = `AWS4-HMAC-SHA256 Credential=${id}/${scope.join('/')}, SignedHeaders=${signed}, Signature=${signature}`
const headers = { 'content-type': type, 'content-length': body.length, 'x-amz-date': now, authorization }

http
  .request(url, { method: 'POST', headers, ca }, reply => {
    let text = ''
    reply.setEncoding('utf8').on('data', chunk => {
      text += chunk
    })
    reply.on('end', () => {
      fs.writeSync(1, text)
      process.exit(0)
    })
  })
  .end(body)
