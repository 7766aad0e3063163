// Signs the body of a message for Qazyna, with the project's own library.
//   node --conditions=@qazyna/source --import @swc-node/register/esm-register docs/examples/publishing/sign.ts \
//     <private-key.pem> <publisher> <key> <source> <id> <type> <body-file>
// Prints the value of the Kafka header `ce_signature` (over HTTP `ce-signature`, in a structured CloudEvent `signature`).
import { readFileSync } from 'node:fs';
import { privateKeyOf, sign } from '@qazyna/signing';

const [pem = '', publisher = '', key = '', source = '', id = '', type = '', bodyFile = ''] = process.argv.slice(2);

const signature = sign({
  body: readFileSync(bodyFile), // The bytes that will be sent: never parse and write them again after signing.
  attributes: { source, id, type },
  keyId: { publisher, key },
  privateKey: privateKeyOf(readFileSync(pem, 'utf8')),
  issuedAt: new Date(),
});
process.stdout.write(`${signature}\n`);
