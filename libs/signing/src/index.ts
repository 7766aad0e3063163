export { decodeBase64Url, encodeBase64Url } from './base64url.js';
export { sign, verify, type SignRequest, type VerifyRequest } from './detached-jws.js';
export { generateKeyPair, KeyUnusable, privateKeyOf, publicKeyOf, publicKeyText, publicKeyTextOfPem, type KeyPair } from './keys.js';
export { isKeyName, isPublisherName, KEY_NAME, keyIdOf, PUBLISHER_NAME, type KeyId } from './key-id.js';
export { parseSignature, SIGNATURE_LENGTH_MAX, type ParsedSignature, type SignedAttributes } from './signature.js';

/** The CloudEvents extension attribute that carries a signature: `ce_signature` in Kafka, `ce-signature` over HTTP, `signature` in JSON. */
export const SIGNATURE_ATTRIBUTE = 'signature';
