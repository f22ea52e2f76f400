/** The part of sodium-native that the sodium engine uses; the package ships no types. */
declare module "sodium-native" {
  type Sodium = {
    /** Tells whether the first 64 bytes of `signature` are valid; throws on a shorter one or a key that is not 32 bytes. */
    crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
    /** Writes 64 bytes into `signature`; `secretKey` is the seed and the public key, 64 bytes. */
    crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
    /** Writes 32 bytes into `publicKey` and 64 into `secretKey`. */
    crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
  };
  const sodium: Sodium;
  export default sodium;
}
