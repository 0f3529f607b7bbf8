// The AWS SDK as its documentation shows it.
import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam'

const client = new IAMClient({})
const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName: 'Bob' }))
console.log(JSON.stringify({ AccessKey }, null, 4))
